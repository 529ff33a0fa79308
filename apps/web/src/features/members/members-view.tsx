import type { ShieldReason } from '@sotto/client/trust-types.ts';
import type { Member, Person, RoomDetails } from '@sotto/client/types.ts';
import { Button, IconButton } from '@sotto/ui/button/button.tsx';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import { useEffect, useRef } from 'react';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { useWords } from '../../i18n/words.tsx';
import { PersonLine } from '../../people/person-line.tsx';
import { readersText } from '../../people/readers.ts';
import css from './members.module.css';
import { memberNote, sortMembers } from './members-model.ts';

export interface MembersViewProps {
  details: RoomDetails;
  myId: string;
  /** Whose card was just left: the focus goes back to them. */
  from?: string | undefined;
  /** Opens the card of a person. */
  onPerson(person: Person): void;
  onClose(): void;
  onInvite(): void;
}

/** Who is in a room, and who can read it. */
export function MembersView({ details, myId, from, onPerson, onClose, onInvite }: MembersViewProps) {
  const words = useWords();
  const { t } = words;
  const close = useRef<HTMLButtonElement>(null);
  const left = useRef<HTMLButtonElement>(null);
  // The focus follows into the panel that was opened; where it came from gets it back.
  useEffect(() => (left.current ?? close.current)?.focus(), []);
  return (
    <aside className={css.panel} aria-label={t.members.title}>
      <header className={css.head}>
        <h2>
          {t.members.title} <span className={css.count}>{details.members.length}</span>
        </h2>
        <IconButton ref={close} icon="close" label={t.members.close} onClick={onClose} />
      </header>
      <div className={css.body}>
        <section className={css.readers} aria-label={t.members.canRead}>
          <Icon
            name={details.isEncrypted ? 'lock' : 'lock-open'}
            {...(!details.isEncrypted && { className: css.look })}
          />
          <div>
            <p className={css.sentence}>{readersText(words, details, myId)}</p>
            {details.isEncrypted && <p className={css.note}>{t.members.encryptedNote}</p>}
            {details.trust && <Reasons reasons={details.trust.reasons} />}
          </div>
        </section>
        {details.canInvite && (
          <Button icon="plus" wide onClick={onInvite}>
            {t.members.invite}
          </Button>
        )}
        <ul>
          {sortMembers(details.members, myId).map((member) => (
            <li key={member.userId}>
              <button
                type="button"
                ref={member.userId === from ? left : undefined}
                className={css.member}
                onClick={() => onPerson(member)}
              >
                <PersonLine person={member} note={noteText(t, member, myId)} />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </aside>
  );
}

/** Why the shield is not green: whom to look at. */
function Reasons({ reasons }: { reasons: readonly ShieldReason[] }) {
  const { t, list } = useWords();
  const texts = {
    'not-everyone-verified': t.trust.notVerified,
    'unsigned-session': t.trust.unsignedSession,
    'identity-changed': t.trust.identityChanged,
  };
  return reasons.map(({ kind, who }) => (
    <p key={kind} className={css.reason}>
      {kind === 'not-everyone-verified' ? (
        <Icon name="shield" small />
      ) : (
        <Icon name="shield-alert" small className={css.act} />
      )}
      <span>{texts[kind](list(who.map((person) => person.displayName)))}</span>
    </p>
  ));
}

function noteText(t: Catalogue, member: Member, myId: string): string {
  const { isMe, isInvited, role } = memberNote(member, myId);
  const said = [isMe && t.app.you, isInvited && t.members.invited, role && t.members[role]].filter(Boolean);
  return [...said, member.userId].join(' · ');
}
