import type { KeyProgress, Recovery } from '@sotto/client/trust-types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault, TextField } from '@sotto/ui/field/field.tsx';
import { Icon } from '@sotto/ui/icon/icon.tsx';
import { Progress } from '@sotto/ui/progress/progress.tsx';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useAct } from '../../observe/use-act.ts';
import css from './recovery.module.css';
import { byWays } from './recovery-model.ts';

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
  const [typed, setTyped] = useState('');
  const [isEmpty, setEmpty] = useState(false);
  const { run, clear, isBusy, problem } = useAct();
  const abort = useAbort();
  const state = recovery.get();
  const ways = 'ways' in state ? state.ways : { key: true, password: true };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setEmpty(typed.trim() === '');
    if (typed.trim() !== '') run(() => recovery.unlock(typed, { signal: abort.renew() }), onUnlocked);
  };
  const fault = problem && (problem.kind === 'wrong-key' ? r.unlockWrong : problemText(t, problem));
  return (
    <Dialog title={r.unlockTitle} closeLabel={t.app.close} onClose={onClose}>
      <form className={css.form} onSubmit={submit} noValidate>
        <TextField
          label={byWays(ways, { key: r.key, password: r.password, both: r.either })}
          type="password"
          name="recovery"
          autoComplete="off"
          reveal={{ show: t.login.show, hide: t.login.hide }}
          data-autofocus
          help={r.unlockHelp}
          value={typed}
          onValue={(value) => {
            setTyped(value);
            setEmpty(false);
            clear();
          }}
          fault={isEmpty ? r.confirmEmpty : fault}
        />
        {isBusy && <Progress label={r.unlocking} />}
        <button type="button" className={css.link} onClick={onLost}>
          {r.unlockLost}
        </button>
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
      {restore.isBusy && <RestoreProgress progress={restore.progress} />}
      {restore.problem &&
        (restore.problem.kind === 'cancelled' ? (
          <p className={css.note}>{r.restoreStopped}</p>
        ) : (
          <Fault>{problemText(t, restore.problem)}</Fault>
        ))}
      <p className={css.note} role="status">
        {restore.result &&
          `${r.restored(restore.result.imported)} ${restore.result.failed > 0 ? r.restoredFailed(restore.result.failed) : ''}`}
      </p>
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

function RestoreProgress({ progress }: { progress: KeyProgress | undefined }) {
  const { t, numbers } = useWords();
  const isKnown = progress && progress.total > 0;
  const label = isKnown
    ? t.recovery.restoring(numbers(progress.done), numbers(progress.total))
    : t.recovery.restoringStart;
  return <Progress label={label} {...(isKnown && progress)} />;
}

/** Fetches all keys, says how far it is, and stops when asked to or when the dialog goes. */
function useRestore({ restoreAll }: Pick<Recovery, 'restoreAll'>) {
  const [progress, setProgress] = useState<KeyProgress>();
  const [result, setResult] = useState<{ imported: number; failed: number }>();
  const { run, isBusy, problem } = useAct();
  const abort = useAbort();
  const start = () => {
    setProgress(undefined);
    run(() => restoreAll({ onProgress: setProgress, signal: abort.renew() }), setResult);
  };
  return { start, stop: abort.stop, progress, result, isBusy, problem };
}

/** A signal that ends with the view. */
function useAbort(): { renew(): AbortSignal; stop(): void } {
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);
  return {
    renew() {
      controller.current?.abort();
      controller.current = new AbortController();
      return controller.current.signal;
    },
    stop: () => controller.current?.abort(),
  };
}
