import type { Problem, RoomHandle, RoomSummary } from '@sotto/client/types.ts';
import { Avatar } from '@sotto/ui/avatar/avatar.tsx';
import { Button } from '@sotto/ui/button/button.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import { useState } from 'react';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { problemOf, problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import css from './invites.module.css';

export interface InvitationViewProps {
  room: Pick<RoomHandle, 'accept' | 'decline'>;
  summary: RoomSummary;
  onDeclined(): void;
}

/** An invitation that waits for an answer: who invites, to what, and who will be able to read. */
export function InvitationView({ room, summary, onDeclined }: InvitationViewProps) {
  const { t } = useWords();
  const [busy, setBusy] = useState<'accept' | 'decline'>();
  const [problem, setProblem] = useState<Problem>();
  const answer = (kind: 'accept' | 'decline') => {
    setBusy(kind);
    setProblem(undefined);
    room[kind]()
      .then(
        () => kind === 'decline' && onDeclined(),
        (error: unknown) => setProblem(problemOf(error)),
      )
      .finally(() => setBusy(undefined));
  };
  const { name, roomId, otherUserId, kind, isEncrypted, inviter } = summary;
  return (
    <div className={css.invitation}>
      <Avatar name={name} id={otherUserId ?? roomId} shape={kind === 'direct' ? 'round' : 'square'} size="large" />
      <h2>{invitationTitle(t, summary)}</h2>
      {inviter && <p className={css.note}>{inviter.userId}</p>}
      <p className={css.privacy}>
        <Icon name={isEncrypted ? 'lock' : 'lock-open'} small />
        {isEncrypted ? t.invites.invitationEncrypted : t.invites.invitationClear}
      </p>
      {problem && <Fault>{problemText(t, problem)}</Fault>}
      <div className={css.answers}>
        <Button busy={busy === 'decline'} onClick={() => answer('decline')}>
          {t.invites.decline}
        </Button>
        <Button kind="primary" busy={busy === 'accept'} onClick={() => answer('accept')}>
          {t.invites.accept}
        </Button>
      </div>
    </div>
  );
}

function invitationTitle(t: Catalogue, { kind, name, inviter }: RoomSummary): string {
  if (!inviter) return t.invites.invitationRoom(name);
  return kind === 'direct'
    ? t.invites.invitationFrom(inviter.displayName)
    : t.invites.invitationTo(inviter.displayName, name);
}
