import type { Recovery } from '@sotto/client/trust-types.ts';
import { Button, TextButton } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import { Progress } from '@sotto/ui/progress/progress.tsx';
import { useState } from 'react';
import { useWords } from '../../i18n/words.tsx';
import { useAbort } from '../../observe/use-abort.ts';
import { useAct } from '../../observe/use-act.ts';
import css from './recovery.module.css';
import { waysOf } from './recovery-model.ts';
import { RestoreState, useRestore } from './restore-keys.tsx';
import { SecretField } from './secret-field.tsx';
import { useTypedSecret } from './use-typed-secret.ts';

export interface UnlockDialogProps {
  recovery: Recovery;
  /** There is another session that can verify this one. */
  onOtherDevice: (() => void) | undefined;
  onLost(): void;
  onClose(): void;
}

/** On a new device: the secret opens what was written before (features B4). */
export function UnlockDialog(props: UnlockDialogProps) {
  const [isOpen, setOpen] = useState(false);
  return isOpen ? <UnlockedStep {...props} /> : <EnterStep {...props} onUnlocked={() => setOpen(true)} />;
}

function EnterStep({
  recovery,
  onOtherDevice,
  onLost,
  onClose,
  onUnlocked,
}: UnlockDialogProps & { onUnlocked(): void }) {
  const { t } = useWords();
  const r = t.recovery;
  const { run, clear, isBusy, problem } = useAct();
  const abort = useAbort();
  const { submit, ...typed } = useTypedSecret({
    onGive: (secret) => run(() => recovery.unlock(secret, { signal: abort.renew() }), onUnlocked),
    onEdit: clear,
  });
  return (
    <Dialog title={r.unlockTitle} closeLabel={t.app.close} onClose={onClose}>
      <form className={css.form} onSubmit={submit} noValidate>
        <SecretField ways={waysOf(recovery.get())} help={r.unlockHelp} problem={problem} {...typed} />
        {isBusy && <Progress label={r.unlocking} />}
        <TextButton onClick={onLost}>{r.unlockLost}</TextButton>
        <Actions>
          {onOtherDevice && (
            <Button kind="quiet" onClick={onOtherDevice}>
              {r.otherDevice}
            </Button>
          )}
          <Button kind="primary" type="submit" busy={isBusy}>
            {r.unlock}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}

function UnlockedStep({ recovery, onClose }: UnlockDialogProps) {
  const { t } = useWords();
  const r = t.recovery;
  const restore = useRestore(recovery);
  return (
    <Dialog title={r.unlockedTitle} closeLabel={t.app.close} onClose={onClose}>
      <span className={css.sign}>
        <Icon name="check" />
      </span>
      <p className={css.soft}>{r.unlockedText}</p>
      <RestoreState restore={restore} />
      <Actions>
        {restore.isBusy ? (
          <Button kind="quiet" onClick={restore.stop}>
            {r.stop}
          </Button>
        ) : (
          !restore.result && (
            <Button kind="quiet" onClick={restore.start}>
              {r.restoreAll}
            </Button>
          )
        )}
        <Button kind="primary" onClick={onClose} data-autofocus>
          {r.done}
        </Button>
      </Actions>
    </Dialog>
  );
}
