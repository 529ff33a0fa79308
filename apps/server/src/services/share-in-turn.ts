/** Gives what `read` resolves with, or what somebody else has just read under the same key. Not to be changed. */
export type ShareInTurn<T> = (key: string, read: () => Promise<T>) => Promise<T>;

/**
 * Shares what is read among all who ask for the same within one turn of the event loop: the many whom one message wakes.
 * Kept no longer, so that nobody is told what has been changed or deleted since.
 */
export function createShareInTurn<T>(): ShareInTurn<T> {
  const known = new Map<string, Promise<T>>();
  return (key, read) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    if (known.size === 0) setImmediate(() => known.clear());
    const reading = read();
    known.set(key, reading);
    return reading;
  };
}
