import type { Bus } from '@sotto/bus';
import { createNewestPositions } from './newest-positions.ts';

/** A reader that waits for news. Register it before reading the store, so that nothing falls between. */
export interface Watch {
  addRooms(roomIds: Iterable<string>): void;
  /**
   * False when nothing that is watched was told of since this position. A hint may be lost, so that this is good for
   * waiting; what an answer tells is read from the store.
   */
  mayHaveNews(since: number): boolean;
  /** The same, when no hint can have been lost: then a poll may end without a look into the store. */
  isSurelyQuiet(since: number): boolean;
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

/** Of so many rooms and people at least the last hint is remembered, and of twice as many at most. */
const mostTopics = 50_000;

/**
 * Wakes long polls by topic. A hint says where to look, never what is there.
 * @param newest the position up to which hints were given before
 */
export function createNotifier(bus: Bus, newest: () => number): Notifier {
  const waiters = new Map<string, Set<Waiter>>();
  let isClosed = false;

  const wakeInTurn = createTurns((waiter: Waiter) => waiter.resolve?.());
  const wakeTopic = (topic: string) => {
    for (const waiter of waiters.get(topic) ?? []) {
      if (!waiter.isWoken && waiter.resolve !== undefined) wakeInTurn(waiter);
      waiter.isWoken = true;
    }
  };
  const told = createNewestPositions({ from: newest(), most: mostTopics });
  const unsubscribe = bus.subscribe(({ position, roomIds, userIds }) => {
    for (const topics of [roomIds, userIds]) {
      for (const topic of topics) {
        told.note(topic, position);
        wakeTopic(topic);
      }
    }
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
      const mayHaveNews = (since: number) =>
        waiter.isWoken || waiter.topics.some((topic) => told.mayBeAfter(topic, since));
      return {
        addRooms(roomIds) {
          for (const roomId of roomIds) add(waiter, roomId);
        },
        mayHaveNews,
        isSurelyQuiet: (since) => bus.isReliable && !mayHaveNews(since),
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
      for (const set of waiters.values()) for (const waiter of set) waiter.resolve?.();
    },
  };
}

/** So many are woken in one turn of the event loop: requests get theirs when thousands wait in one room. */
const wokenPerTurn = 16;

/**
 * Calls `wake` for one after another: the first has its answer before the second begins to read, instead of all waiting for
 * the last.
 */
function createTurns<T>(wake: (item: T) => void): (item: T) => void {
  let queue: T[] = [];
  let next = 0;
  let turns = 0;
  function takeTurn(): void {
    wake(queue[next++] as T);
    if (queue.length - next >= turns) setImmediate(takeTurn);
    else turns--;
    if (turns > 0) return;
    queue = [];
    next = 0;
  }
  return (item) => {
    queue.push(item);
    if (turns === wokenPerTurn) return;
    turns++;
    setImmediate(takeTurn);
  };
}
