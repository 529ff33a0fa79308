import type { KeyCounts, KeyProgress, Recovery } from '@sotto/client/trust-types.ts';
import { Button } from '@sotto/ui/button/button.tsx';
import { Fault } from '@sotto/ui/field/field.tsx';
import { Progress } from '@sotto/ui/progress/progress.tsx';
import { useEffect, useState } from 'react';
import { problemText } from '../../i18n/problem-text.ts';
import { useWords } from '../../i18n/words.tsx';
import { useAbort } from '../../observe/use-abort.ts';
import { useAct } from '../../observe/use-act.ts';
import css from './recovery.module.css';

/** In the settings: how many keys are here and how many could be, with the way to fetch the rest; nothing when all are. */
export function RestoreKeys({ recovery }: { recovery: Pick<Recovery, 'restoreAll' | 'countKeys'> }) {
  const { t, numbers } = useWords();
  const r = t.recovery;
  const [counts, setCounts] = useState<KeyCounts>();
  const counting = useAct();
  const restore = useRestore(recovery);
  // biome-ignore lint/correctness/useExhaustiveDependencies: counted once, when the settings open
  useEffect(() => counting.run(recovery.countKeys, setCounts), []);
  if (!counts || counts.here >= counts.inBackup) return null;
  return (
    <div className={css.part}>
      {!restore.isBusy && !restore.result && (
        <p className={css.note}>{r.keysHere(numbers(counts.here), numbers(counts.inBackup))}</p>
      )}
      <div className={css.wide}>
        <RestoreState restore={restore} />
      </div>
      {restore.isBusy ? (
        <Button onClick={restore.stop}>{r.stop}</Button>
      ) : (
        !restore.result && (
          <Button icon="download" onClick={restore.start}>
            {r.restoreAll}
          </Button>
        )
      )}
    </div>
  );
}

/** How far it is, what came of it, or what went wrong. */
export function RestoreState({ restore: { isBusy, problem, progress, result } }: { restore: Restore }) {
  const { t } = useWords();
  const r = t.recovery;
  return (
    <>
      {isBusy && <RestoreProgress progress={progress} />}
      {problem &&
        (problem.kind === 'cancelled' ? (
          <p className={css.note}>{r.restoreStopped}</p>
        ) : (
          <Fault>{problemText(t, problem)}</Fault>
        ))}
      <p className={css.note} role="status">
        {result && `${r.restored(result.imported)} ${result.failed > 0 ? r.restoredFailed(result.failed) : ''}`}
      </p>
    </>
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
export function useRestore({ restoreAll }: Pick<Recovery, 'restoreAll'>) {
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

export type Restore = ReturnType<typeof useRestore>;
