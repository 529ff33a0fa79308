import type { KeyProgress, Recovery } from '@sotto/client/trust-types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Actions, Dialog } from '@sotto/ui/dialog/dialog.tsx';
import { Fault, FileField, TextField } from '@sotto/ui/field/field.tsx';
import { Progress } from '@sotto/ui/progress/progress.tsx';
import { type FormEvent, useState } from 'react';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useAbort } from '../../observe/use-abort.ts';
import { useAct } from '../../observe/use-act.ts';
import css from './recovery.module.css';
import { saveFile } from './save-file.ts';

const shortest = 10;

/** All keys of this device into a file with a password of its own (features B11). */
export function ExportDialog({ recovery, onClose }: { recovery: Pick<Recovery, 'exportKeys'>; onClose(): void }) {
  const { t } = useWords();
  const r = t.recovery;
  const [first, setFirst] = useState('');
  const [again, setAgain] = useState('');
  const [isTried, setTried] = useState(false);
  const [isDone, setDone] = useState(false);
  const { run, isBusy, problem } = useAct();
  const abort = useAbort();
  const isShort = first.length < shortest;
  const isOther = first !== again;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isShort || isOther) return;
    run(
      () => recovery.exportKeys(first, { signal: abort.renew() }),
      (file) => {
        saveFile(file, r.keyFileName);
        setDone(true);
      },
    );
  };
  const password = { type: 'password', autoComplete: 'new-password' } as const;
  return (
    <Dialog title={r.exportTitle} closeLabel={t.app.close} onClose={onClose}>
      <form className={css.form} onSubmit={submit} noValidate>
        <p className={css.soft}>{r.exportText}</p>
        <TextField
          {...password}
          label={r.filePassword}
          reveal={{ show: t.login.show, hide: t.login.hide }}
          data-autofocus
          value={first}
          onValue={setFirst}
          fault={isTried && isShort ? r.filePasswordShort : undefined}
        />
        <TextField
          {...password}
          label={r.filePasswordAgain}
          value={again}
          onValue={setAgain}
          fault={isTried && !isShort && isOther ? r.filePasswordOther : undefined}
        />
        {isBusy && <Progress label={r.exporting} />}
        {problem && problem.kind !== 'cancelled' && <Fault>{problemText(t, problem)}</Fault>}
        <p className={css.note} role="status">
          {isDone && r.exported}
        </p>
        <Actions>
          <LeaveButton {...{ isBusy, isDone, onClose }} onStop={abort.stop} />
          <Button kind="primary" type="submit" busy={isBusy}>
            {r.export}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}

/** Takes the keys of a file in. */
export function ImportDialog({ recovery, onClose }: { recovery: Pick<Recovery, 'importKeys'>; onClose(): void }) {
  const { t, numbers } = useWords();
  const r = t.recovery;
  const [file, setFile] = useState<File>();
  const [password, setPassword] = useState('');
  const [isTried, setTried] = useState(false);
  const [result, setResult] = useState<{ imported: number; failed: number }>();
  const [progress, setProgress] = useState<KeyProgress>();
  const { run, clear, isBusy, problem } = useAct();
  const abort = useAbort();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    setProgress(undefined);
    setResult(undefined);
    if (file)
      run(() => recovery.importKeys(file, password, { onProgress: setProgress, signal: abort.renew() }), setResult);
  };
  const isWrong = problem?.kind === 'wrong-key';
  const isStopped = problem?.kind === 'cancelled';
  return (
    <Dialog title={r.importTitle} closeLabel={t.app.close} onClose={onClose}>
      <form className={css.form} onSubmit={submit} noValidate>
        <p className={css.soft}>{r.importText}</p>
        <FileField
          label={r.file}
          choose={r.fileChoose}
          accept=".txt,text/plain"
          data-autofocus
          file={file}
          onFile={(chosen) => {
            setFile(chosen);
            clear();
          }}
          fault={isTried && !file ? r.fileMissing : undefined}
        />
        <TextField
          label={r.filePassword}
          type="password"
          autoComplete="off"
          reveal={{ show: t.login.show, hide: t.login.hide }}
          value={password}
          onValue={(value) => {
            setPassword(value);
            clear();
          }}
          fault={isWrong ? r.fileWrong : undefined}
        />
        {isBusy && (
          <Progress
            label={progress ? r.restoring(numbers(progress.done), numbers(progress.total)) : r.working}
            {...progress}
          />
        )}
        {problem && !isWrong && !isStopped && <Fault>{problemText(t, problem)}</Fault>}
        <p className={css.note} role="status">
          {isStopped && progress && r.importStopped}
          {result && `${r.imported(result.imported)} ${result.failed > 0 ? r.restoredFailed(result.failed) : ''}`}
        </p>
        <Actions>
          <LeaveButton {...{ isBusy, onClose }} isDone={result !== undefined} onStop={abort.stop} />
          <Button kind="primary" type="submit" busy={isBusy}>
            {r.import}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}

/** Stops what is under way; otherwise closes the dialog. */
function LeaveButton(props: { isBusy: boolean; isDone: boolean; onStop(): void; onClose(): void }) {
  const { t } = useWords();
  const { isBusy, isDone, onStop, onClose } = props;
  const leave = isDone ? t.recovery.done : t.app.cancel;
  return (
    <Button kind="quiet" onClick={isBusy ? onStop : onClose}>
      {isBusy ? t.recovery.stop : leave}
    </Button>
  );
}
