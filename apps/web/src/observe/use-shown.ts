import { useState } from 'react';

/**
 * What a decision is about: what was on the screen first. Where something else takes its place under the hand, the verb is
 * given what was read, and refuses; `lookAgain` goes on to what stands there by then. Undefined: nothing to decide on.
 */
export function useShown<T>(current: T | undefined): { shown: T | undefined; lookAgain(): void } {
  const [shown, setShown] = useState(current);
  const [isLookedAgain, setLookedAgain] = useState(false);
  const isOther = isLookedAgain || (shown === undefined) !== (current === undefined);
  if (isOther) setShown(current);
  if (isLookedAgain) setLookedAgain(false);
  return { shown: isOther ? current : shown, lookAgain: () => setLookedAgain(true) };
}
