import type { OlmMachine } from '@matrix-org/matrix-sdk-crypto-wasm';
import { type Problem, ProblemError } from '../../types.ts';
import type { Answer, KeyStore, Question } from './key-messages.ts';
import { type ArrivedKey, createKeyWork, type KeyWatch, type KeyWork } from './key-work.ts';
import { throwIfStopped } from './long-work.ts';

/** Small enough on the page that the screen goes on between two. */
const chunkSize = 50;

export interface KeyThreadsOptions {
  /** Starts a thread with key-worker.ts; undefined where there are none. */
  startThread: (() => Worker) | undefined;
  /** The store that a thread opens; undefined where keys live in memory. */
  openStore: (() => KeyStore) | undefined;
  /** The page's own machine. */
  olm(): OlmMachine;
  /** Keys came without the page's machine seeing it. */
  onArrived(keys: readonly ArrivedKey[]): void;
  /** Aborted when the session ends here. */
  ended: AbortSignal;
}

/** Lends up to `most` threads to `use`, and ends them when it is done, or when `signal` says so. */
export type LendKeyWork = <T>(
  wanted: { most: number; signal?: AbortSignal | undefined },
  use: (works: readonly [KeyWork, ...KeyWork[]]) => Promise<T>,
) => Promise<T>;

/** Threads for work with many keys; where there are none, the page does it, a little at a time. */
export function createKeyThreads({ startThread, openStore, olm, onArrived, ended }: KeyThreadsOptions): LendKeyWork {
  return async ({ most, signal }, use) => {
    const stop = signal ? AbortSignal.any([signal, ended]) : ended;
    throwIfStopped(stop);
    const threads: Thread[] = [];
    const end = () => {
      for (const thread of threads) thread.end();
    };
    stop.addEventListener('abort', end);
    try {
      if (startThread && openStore) startAll(threads, { most, start: startThread, openStore, onArrived });
      const areOpen = await Promise.all(threads.map(({ isOpen }) => isOpen));
      throwIfStopped(stop);
      const [first, ...more] = areOpen.every(Boolean) ? threads.map(({ work }) => work) : [];
      return await use(first ? [first, ...more] : [createKeyWork(olm(), { chunkSize, signal: stop })]);
    } finally {
      stop.removeEventListener('abort', end);
      end();
    }
  };
}

interface Starting {
  most: number;
  start(): Worker;
  openStore(): KeyStore;
  onArrived: KeyThreadsOptions['onArrived'];
}

/** Where a browser refuses one, none is used: the page does the work. */
function startAll(threads: Thread[], { most, start, openStore, onArrived }: Starting): void {
  try {
    while (threads.length < most) {
      const store = openStore();
      threads.push(openThread(start(), { store, onArrived }));
    }
  } catch {
    for (const thread of threads.splice(0)) thread.end();
  }
}

interface Thread {
  /** Whether it could open the store. */
  isOpen: Promise<boolean>;
  work: KeyWork;
  /** With all that it holds in memory. What it was asked for ends as `cancelled`. */
  end(): void;
}

interface Waiting {
  watch: KeyWatch;
  resolve(gives: never): void;
  reject(error: ProblemError): void;
}

function openThread(
  worker: Worker,
  { store, onArrived }: { store: KeyStore; onArrived: KeyThreadsOptions['onArrived'] },
): Thread {
  const waiting = new Map<number, Waiting>();
  const { promise: isOpen, resolve: noteOpen } = Promise.withResolvers<boolean>();
  let asked = 0;
  let over: Problem | undefined;
  const fail = (problem: Problem) => {
    over ??= problem;
    worker.terminate();
    noteOpen(false);
    for (const { reject } of waiting.values()) reject(new ProblemError(over));
    waiting.clear();
  };
  worker.addEventListener('error', () => fail({ kind: 'unknown' }));
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    if ('opened' in data) return noteOpen(data.opened);
    if ('arrived' in data) return onArrived(data.arrived);
    hear(data, waiting);
  });
  const send = (question: Question) => worker.postMessage(question);
  const ask = <Job extends keyof KeyWork>(job: Job) =>
    ((given: object, watch: KeyWatch) => {
      const { promise, resolve, reject } = Promise.withResolvers<never>();
      if (over) reject(new ProblemError(over));
      else {
        waiting.set(++asked, { watch, resolve, reject });
        send({ id: asked, job, given } as Question);
        // It has a copy of these too.
        for (const value of Object.values(given)) if (value instanceof Uint8Array) value.fill(0);
      }
      return promise;
    }) as KeyWork[Job];
  send({ open: store });
  // It has a copy.
  store.key.fill(0);
  return {
    isOpen,
    work: { takePart: ask('takePart'), exportAll: ask('exportAll'), importFile: ask('importFile') },
    end: () => fail({ kind: 'cancelled' }),
  };
}

function hear(answer: Extract<Answer, { id: number }>, waiting: Map<number, Waiting>): void {
  const one = waiting.get(answer.id);
  if (!one) return;
  if ('progress' in answer) one.watch.onProgress?.(answer.progress);
  else if ('next' in answer) one.watch.onNext?.(answer.next);
  else {
    waiting.delete(answer.id);
    if ('problem' in answer) one.reject(new ProblemError(answer.problem));
    else one.resolve(answer.gives as never);
  }
}
