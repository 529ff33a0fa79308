import type { Recovery } from '@sotto/client/trust-types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { useState } from 'react';
import { useWords } from '../../i18n/words.tsx';
import { type Act, useAct } from '../../observe/use-act.ts';
import css from './recovery.module.css';
import { notMadeText, waysOf } from './recovery-model.ts';
import { SecretField } from './secret-field.tsx';
import { useTypedSecret } from './use-typed-secret.ts';

export interface ClosedBackupStepProps {
  recovery: Pick<Recovery, 'get' | 'unlock'>;
  making: Act;
  /** Once more, after the backup was opened; or without it. */
  onMake(leaveBackup: boolean): void;
  onClose(): void;
}

/** Before a change: the backup that this device never opened is opened with what is about to be replaced, or left. */
export function ClosedBackupStep({ recovery, making, onMake, onClose }: ClosedBackupStepProps) {
  const { t } = useWords();
  const r = t.recovery;
  const [isOpened, setOpened] = useState(false);
  const opening = useAct();
  const { submit, ...typed } = useTypedSecret({
    onGive(secret) {
      opening.run(
        () => recovery.unlock(secret),
        () => {
          setOpened(true);
          onMake(false);
        },
      );
    },
    onEdit() {
      setOpened(false);
      opening.clear();
    },
  });
  const isStillClosed = making.problem?.kind === 'closed-backup';
  return (
    <Dialog key="closed" title={r.closedTitle} closeLabel={t.app.close} onClose={onClose}>
      <form className={css.form} onSubmit={submit} noValidate>
        <p className={css.soft}>{r.closedText}</p>
        <SecretField ways={waysOf(recovery.get())} help={r.unlockHelp} problem={opening.problem} {...typed} />
        {isStillClosed && isOpened && <Fault>{r.closedStill}</Fault>}
        {making.problem && !isStillClosed && <Fault>{notMadeText(t, making.problem)}</Fault>}
        <Actions>
          <Button kind="quiet" busy={making.isBusy} onClick={() => onMake(true)}>
            {r.closedLeave}
          </Button>
          <Button kind="primary" type="submit" busy={opening.isBusy || making.isBusy}>
            {r.closedOpen}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
