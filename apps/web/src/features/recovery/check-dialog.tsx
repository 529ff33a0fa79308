import type { Recovery, RecoveryWays } from '@sotto/client/trust-types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import { useState } from 'react';
import { useWords } from '../../i18n/words.tsx';
import { useAct } from '../../observe/use-act.ts';
import css from './recovery.module.css';
import { SecretField } from './secret-field.tsx';
import { useTypedSecret } from './use-typed-secret.ts';

export interface CheckDialogProps {
  recovery: Pick<Recovery, 'check'>;
  ways: RecoveryWays;
  onClose(): void;
}

/** Proves that what was saved still works, and changes nothing (features B7). */
export function CheckDialog({ recovery, ways, onClose }: CheckDialogProps) {
  const { t } = useWords();
  const r = t.recovery;
  const [answer, setAnswer] = useState<{ opensBackup: boolean }>();
  const { run, clear, isBusy, problem } = useAct();
  const { submit, ...typed } = useTypedSecret({
    onGive: (secret) => run(() => recovery.check(secret), setAnswer),
    onEdit() {
      setAnswer(undefined);
      clear();
    },
  });
  return (
    <Dialog title={r.checkTitle} closeLabel={t.app.close} onClose={onClose}>
      <form className={css.form} onSubmit={submit} noValidate>
        <SecretField ways={ways} help={r.checkText} problem={problem} {...typed} />
        <div role="status">
          {answer && (
            <p className={css.state}>
              <Icon name={answer.opensBackup ? 'check' : 'info'} />
              {answer.opensBackup ? r.checkRight : r.checkNoBackup}
            </p>
          )}
        </div>
        <Actions>
          <Button kind="quiet" onClick={onClose}>
            {t.app.close}
          </Button>
          <Button kind="primary" type="submit" busy={isBusy}>
            {r.checkNow}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
