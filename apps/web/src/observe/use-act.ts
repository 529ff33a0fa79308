import type { Problem } from '@sotto/client/types.ts';
import { useRef, useState } from 'react';
import { problemOf } from '../i18n/problem-text.ts';

/** Something a person started: whether it is under way, and what went wrong the last time. */
export interface Act {
  isBusy: boolean;
  problem: Problem | undefined;
  /** Starts `work`; one at a time. `then` hears what came of it, unless it failed. */
  run<T>(work: () => Promise<T>, then?: (value: T) => void): void;
  /** Forgets what went wrong, also what is only found out later: the person changed something. */
  clear(): void;
}

/** One verb of a screen: busy while it runs, its problem kept until the next try. */
export function useAct(): Act {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const isMeant = useRef(true);
  return {
    isBusy,
    problem,
    run(work, then) {
      if (isBusy) return;
      setBusy(true);
      isMeant.current = true;
      setProblem(undefined);
      work()
        .then(
          (value) => then?.(value),
          (error: unknown) => isMeant.current && setProblem(problemOf(error)),
        )
        .finally(() => setBusy(false));
    },
    clear() {
      isMeant.current = false;
      setProblem(undefined);
    },
  };
}
