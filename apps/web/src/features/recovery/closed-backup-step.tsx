import type { Recovery, RecoveryWays } from '@sotto/client/trust-types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { type FormEvent, useState } from 'react';
import { useWords } from '../../i18n/words.tsx';
import { type Act, useAct } from '../../observe/use-act.ts';
import css from './recovery.module.css';
import { notMadeText } from './recovery-model.ts';
import { SecretField } from './secret-field.tsx';

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
  const [typed, setTyped] = useState('');
  const [isEmpty, setEmpty] = useState(false);
  const [isOpened, setOpened] = useState(false);
  const opening = useAct();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setEmpty(typed.trim() === '');
    const next = () => {
      setOpened(true);
      onMake(false);
    };
    if (typed.trim() !== '') opening.run(() => recovery.unlock(typed), next);
  };
  const isStillClosed = making.problem?.kind === 'closed-backup';
  return (
    <Dialog key="closed" title={r.closedTitle} closeLabel={t.app.close} onClose={onClose}>
      <form className={css.form} onSubmit={submit} noValidate>
        <p className={css.soft}>{r.closedText}</p>
        <SecretField
          ways={waysOf(recovery)}
          help={r.unlockHelp}
          value={typed}
          onValue={(value) => {
            setTyped(value);
            setEmpty(false);
            setOpened(false);
            opening.clear();
          }}
          isEmpty={isEmpty}
          problem={opening.problem}
        />
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

/** What there is to be typed; where the state doesn't say, it may be either. */
function waysOf(recovery: Pick<Recovery, 'get'>): RecoveryWays {
  const state = recovery.get();
  return 'ways' in state ? state.ways : { key: true, password: true };
}
