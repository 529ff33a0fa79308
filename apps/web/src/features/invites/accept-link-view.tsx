import type { Problem, SottoSession } from '@sotto/client/types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { OnlyRead } from '@sotto/ui/only-read/only-read.tsx';
import { SkeletonRows, State } from '@sotto/ui/state/state.tsx';
import { useEffect, useRef, useState } from 'react';
import { problemOf, problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';

export interface AcceptLinkViewProps {
  session: Pick<SottoSession, 'acceptInviteLink'>;
  token: string;
  /** With the room of the link, or without one. */
  onDone(roomId: string | undefined): void;
}

/** Somebody who is logged in opened an invite link: it is used once, and leads to its room. */
export function AcceptLinkView({ session, token, onDone }: AcceptLinkViewProps) {
  const { t } = useWords();
  const [problem, setProblem] = useState<Problem>();
  const used = useRef<string>(undefined);
  useEffect(() => {
    if (used.current === token) return;
    used.current = token;
    session.acceptInviteLink(token).then(onDone, (error: unknown) => setProblem(problemOf(error)));
  }, [session, token, onDone]);
  if (!problem) {
    return (
      <div>
        <h1>
          <OnlyRead>{t.invites.linkAccepting}</OnlyRead>
        </h1>
        <SkeletonRows count={1} label={t.app.loading} withFace={false} />
      </div>
    );
  }
  const action = <Button onClick={() => onDone(undefined)}>{t.invites.linkToChats}</Button>;
  return (
    <State icon="alert" title={t.invites.linkFailed} isError isPage action={action}>
      <p>{problemText(t, problem)}</p>
    </State>
  );
}
