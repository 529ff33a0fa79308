/** How long somebody waits for a file that is yet to come. */
export interface Patience {
  timeoutMs: number;
  signal: AbortSignal;
}

/** Lets those wait who ask for a file before it has been uploaded (specification, "Asynchronous uploads"). */
export interface Arrivals {
  /** Looks now and whenever the file has come; undefined when the patience ends first. */
  wait<T>(mediaId: string, patience: Patience, look: () => Promise<T | undefined>): Promise<T | undefined>;
  tell(mediaId: string): void;
}

export function createArrivals(): Arrivals {
  const waiting = new Map<string, Set<() => void>>();
  return {
    async wait(mediaId, { timeoutMs, signal }, look) {
      // Waits before it looks, so that nothing comes unseen in between.
      const { promise: told, resolve: wake } = Promise.withResolvers<void>();
      const others = waiting.get(mediaId) ?? new Set();
      waiting.set(mediaId, others.add(wake));
      const timer = setTimeout(() => wake(), timeoutMs).unref();
      const onGone = () => wake();
      signal.addEventListener('abort', onGone);
      try {
        const found = await look();
        if (found !== undefined || timeoutMs <= 0 || signal.aborted) return found;
        await told;
        return await look();
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', onGone);
        others.delete(wake);
        if (others.size === 0) waiting.delete(mediaId);
      }
    },
    tell(mediaId) {
      for (const wake of waiting.get(mediaId) ?? []) wake();
    },
  };
}
