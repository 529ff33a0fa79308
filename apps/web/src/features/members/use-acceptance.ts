import type { ChangedIdentity } from '@sotto/client/trust-types.ts';
import { problemOf } from '../../i18n/problem-text.ts';
import { type Act, useAct } from '../../observe/use-act.ts';
import { useShown } from '../../observe/use-shown.ts';

/** The decision on an identity that was reset: on the one that was read about, and not on one that came since. */
export function useAcceptance(
  changed: ChangedIdentity | undefined,
  accept: (shown: ChangedIdentity) => Promise<void>,
): Omit<Act, 'run' | 'clear'> & { accept(): void } {
  const { run, isBusy, problem } = useAct();
  const { shown, lookAgain } = useShown(changed);
  const decide = async () => {
    if (shown) await accept(shown);
  };
  const onRefused = (error: unknown) => {
    if (problemOf(error).kind === 'changed-meanwhile') lookAgain();
    throw error;
  };
  return { isBusy, problem, accept: () => run(() => decide().catch(onRefused)) };
}
