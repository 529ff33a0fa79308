import type { RoomDetails } from '@sotto/client/types.ts';
import { IconButton } from '@sotto/ui/button/button.tsx';
import { Menu } from '@sotto/ui/menu/menu.tsx';
import { OnlyRead } from '@sotto/ui/only-read/only-read.tsx';
import type { RefObject } from 'react';
import { useWords } from './i18n/words.tsx';
import { readersText } from './people/readers.ts';
import css from './room-head.module.css';
import type { Router } from './routes.ts';

export interface RoomHeadProps {
  details: RoomDetails;
  myId: string;
  router: Router;
  isPanelOpen: boolean;
  peopleButton: RefObject<HTMLButtonElement | null>;
  onPeople(): void;
  onInvite(): void;
  onLeave(): void;
  onSecurity(): void;
}

/** The name of the room that is open, who can read it, and what can be done with it. */
export function RoomHead({ details, myId, router, isPanelOpen, peopleButton, ...on }: RoomHeadProps) {
  const words = useWords();
  const { t } = words;
  const readers = readersText(words, details, myId);
  const menu = [
    ...(details.canInvite
      ? [{ label: t.conversation.invitePeople, icon: 'plus' as const, onChoose: on.onInvite }]
      : []),
    { label: t.roomSecurity.menu, icon: 'lock' as const, onChoose: on.onSecurity },
    {
      label: details.kind === 'direct' ? t.conversation.leaveDirect : t.conversation.leave,
      icon: 'exit' as const,
      isDanger: true,
      onChoose: on.onLeave,
    },
  ];
  return (
    <header className={css.head}>
      <BackButton router={router} />
      <div className={css.about}>
        <div className={css.line}>
          <h1 className={css.name}>{details.name}</h1>
          <IconButton
            small
            icon={details.isEncrypted ? 'lock' : 'lock-open'}
            label={readers}
            className={details.isEncrypted ? css.lock : css.open}
            onClick={on.onPeople}
          />
          <RoomShield trust={details.trust} onPeople={on.onPeople} />
        </div>
        <p className={css.topic}>{details.topic ?? readers}</p>
      </div>
      <IconButton
        ref={peopleButton}
        icon="people"
        label={t.conversation.people(details.members.length)}
        aria-pressed={isPanelOpen}
        onClick={on.onPeople}
      />
      <Menu items={menu} trigger={(props) => <IconButton {...props} icon="more" label={t.conversation.more} />} />
    </header>
  );
}

/** The same of a room that isn't a conversation yet: its name, if it is known, and the way back. */
export function BareHead({ router, name }: { router: Router; name: string }) {
  const { t } = useWords();
  return (
    <header className={css.head}>
      <BackButton router={router} />
      <h1 className={css.name}>{name || <OnlyRead>{t.conversation.loading}</OnlyRead>}</h1>
    </header>
  );
}

function BackButton({ router }: { router: Router }) {
  const { t } = useWords();
  return (
    <span className={css.back}>
      <IconButton icon="back" label={t.conversation.back} onClick={() => router.back({ name: 'home' })} />
    </span>
  );
}

/** Whether everyone in the room is verified (features C5); nothing where that says nothing. */
function RoomShield({ trust, onPeople }: { trust: RoomDetails['trust']; onPeople(): void }) {
  const { t } = useWords();
  if (!trust || trust.shield === 'none') return null;
  const looks = {
    grey: { icon: 'shield', label: t.trust.shieldGrey, className: css.lock },
    green: { icon: 'shield-check', label: t.trust.shieldGreen, className: css.green },
    red: { icon: 'shield-alert', label: t.trust.shieldRed, className: css.red },
  } as const;
  return <IconButton small {...looks[trust.shield]} onClick={onPeople} />;
}
