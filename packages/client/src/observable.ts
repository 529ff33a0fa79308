/** A value that changes. `get` returns the same object until it changes, so `useSyncExternalStore` can take it as is. */
export interface Observable<T> {
  get(): T;
  subscribe(listener: () => void): () => void;
}

/** An `Observable` that its owner can set. */
export interface Source<T> extends Observable<T> {
  /** Tells the listeners, unless the value is the very same. */
  set(value: T): void;
}

/** A value that changes, starting as `initial`. A listener that throws doesn't keep the others from hearing. */
export function createSource<T>(initial: T): Source<T> {
  let current = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set(value) {
      if (Object.is(value, current)) return;
      current = value;
      for (const listener of [...listeners]) runGuarded(listener);
    },
    subscribe(listener) {
      // A wrapper of its own, so that the same function given twice is told twice and ends separately.
      const own = () => listener();
      listeners.add(own);
      return () => listeners.delete(own);
    },
  };
}

function runGuarded(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    // Reported as an uncaught error of its own, where it can be seen, without breaking who set the value.
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** Whether two values of plain data are equal, so that a snapshot that says the same can stay the same object. */
export function isSameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = definedEntries(a);
  const right = new Map(definedEntries(b));
  return (
    left.length === right.size && left.every(([key, value]) => right.has(key) && isSameData(value, right.get(key)))
  );
}

function definedEntries(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, field]) => field !== undefined);
}

/** Runs `work` once for all calls of one turn, after the turn; `setTimeout`, since animation frames stop in a background tab. */
export function createBatch(work: () => void): { request(): void; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    request() {
      timer ??= setTimeout(() => {
        timer = undefined;
        work();
      });
    },
    cancel() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/**
 * Runs `work` one at a time; a request during a run makes one more run after it. The promise ends when all that was
 * asked for is done. `work` must not reject.
 */
export function createRunner(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let isStale = false;
  async function run(): Promise<void> {
    while (isStale) {
      isStale = false;
      await work();
    }
    running = undefined;
  }
  return () => {
    isStale = true;
    running ??= run();
    return running;
  };
}
