/** One at a time for each hash: the same bytes are never put in place and taken away at once. */
export interface HashLocks {
  hold<T>(sha256: string, work: () => Promise<T>): Promise<T>;
}

export function createHashLocks(): HashLocks {
  const last = new Map<string, Promise<unknown>>();
  return {
    hold(sha256, work) {
      const before = last.get(sha256) ?? Promise.resolve();
      const mine = before.then(work, work);
      const settled = mine.then(
        () => undefined,
        () => undefined,
      );
      last.set(sha256, settled);
      void settled.then(() => {
        if (last.get(sha256) === settled) last.delete(sha256);
      });
      return mine;
    },
  };
}
