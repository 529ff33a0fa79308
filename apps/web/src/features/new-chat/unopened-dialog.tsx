import type { Person, Problem, SottoSession } from '@sotto/client/types.ts';
import { Banner } from '@sotto/ui/banner/banner.tsx';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useAct } from '../../observe/use-act.ts';
import { useObservable } from '../../observe/use-observable.ts';
import { PersonLine } from '../../people/person-line.tsx';

/** A direct message that could not be opened. */
export interface Unopened {
  who: Person;
  problem: Problem;
}

export interface UnopenedDialogProps extends Unopened {
  session: Pick<SottoSession, 'openDirect' | 'policy'>;
  onClose(): void;
  onOpened(roomId: string): void;
}

/** Why not, and the way on: where the organisation forbids encryption, in clear, once one has read that (features A5). */
export function UnopenedDialog({ session, who, problem, onClose, onOpened }: UnopenedDialogProps) {
  const { t } = useWords();
  const again = useAct();
  const isNeverEncrypted = useObservable(session.policy)?.encryption.direct === 'forbidden';
  const isInClear = isNeverEncrypted && problem.kind === 'forbidden';
  const fault = again.problem ?? (isInClear ? undefined : problem);
  return (
    <Dialog kind="alert" title={t.newChat.directTitle} closeLabel={t.app.close} onClose={onClose}>
      <PersonLine person={who} note={who.userId} />
      {isInClear && (
        <Banner icon="lock-open" kind="look" boxed>
          {t.organisation.direct}
        </Banner>
      )}
      {fault && <Fault>{problemText(t, fault)}</Fault>}
      <Actions>
        <Button onClick={onClose} data-autofocus>
          {t.app.cancel}
        </Button>
        <Button
          kind="primary"
          busy={again.isBusy}
          onClick={() => again.run(() => session.openDirect(who.userId, { isEncrypted: !isInClear }), onOpened)}
        >
          {isInClear ? t.trust.write : t.app.retry}
        </Button>
      </Actions>
    </Dialog>
  );
}
