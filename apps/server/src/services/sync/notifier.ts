import type { Bus } from '@sotto/bus';

/** A reader that waits for news. Register it before reading the store, so that nothing falls between. */
export interface Watch {
  addRooms(roomIds: Iterable<string>): void;
  /** Resolves when something may have changed since the last call, when the time is over, or when the caller has gone. */
  wake(timeoutMs: number, signal: AbortSignal): Promise<void>;
  end(): void;
}

export interface Notifier {
  watch(userId: string): Watch;
  /** Wakes everyone for good (the server is closing): who would wait answers with what there is. */
  close(): void;
  isClosed(): boolean;
}

interface Waiter {
  topics: string[];
  isWoken: boolean;
  resolve: (() => void) | undefined;
}

/** Wakes long polls by topic. A hint says where to look, never what is there. */
export function createNotifier(bus: Bus): Notifier {
  const waiters = new Map<string, Set<Waiter>>();
  let isClosed = false;

  const wakeWaiter = (waiter: Waiter) => {
    waiter.isWoken = true;
    waiter.resolve?.();
  };
  const wakeTopic = (topic: string) => {
    for (const waiter of waiters.get(topic) ?? []) wakeWaiter(waiter);
  };
  const unsubscribe = bus.subscribe(({ roomIds, userIds }) => {
    for (const roomId of roomIds) wakeTopic(roomId);
    for (const userId of userIds) wakeTopic(userId);
  });

  function add(waiter: Waiter, topic: string): void {
    const set = waiters.get(topic);
    if (set === undefined) waiters.set(topic, new Set([waiter]));
    else set.add(waiter);
    waiter.topics.push(topic);
  }

  return {
    watch(userId) {
      const waiter: Waiter = { topics: [], isWoken: false, resolve: undefined };
      add(waiter, userId);
      return {
        addRooms(roomIds) {
          for (const roomId of roomIds) add(waiter, roomId);
        },
        async wake(timeoutMs, signal) {
          if (!waiter.isWoken && !isClosed && !signal.aborted && timeoutMs > 0) {
            await new Promise<void>((resolve) => {
              const timer = setTimeout(resolve, timeoutMs);
              const done = () => {
                clearTimeout(timer);
                signal.removeEventListener('abort', done);
                resolve();
              };
              signal.addEventListener('abort', done);
              waiter.resolve = done;
            });
            waiter.resolve = undefined;
          }
          waiter.isWoken = false;
        },
        end() {
          for (const topic of waiter.topics) {
            const set = waiters.get(topic);
            set?.delete(waiter);
            if (set?.size === 0) waiters.delete(topic);
          }
        },
      };
    },
    isClosed: () => isClosed,
    close() {
      isClosed = true;
      unsubscribe();
      for (const set of waiters.values()) for (const waiter of set) wakeWaiter(waiter);
    },
  };
}
