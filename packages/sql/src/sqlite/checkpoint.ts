import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface Checkpointer {
  /** Copies what can be copied from the WAL into the database, beside the event loop. */
  passive(): Promise<CheckpointResult>;
  /** Copies the rest, so that the next write starts the WAL from its beginning. Wants no readers and no writes. */
  restart(): Promise<CheckpointResult>;
  close(): Promise<void>;
}

/** `log`: frames in the WAL; `checkpointed`: of these, the ones that are in the database too. */
export interface CheckpointResult {
  log: number;
  checkpointed: number;
}

/** The worker starts with the first request: a server that never needs one pays nothing for it. */
export function createCheckpointer(path: string): Checkpointer {
  let worker: Worker | undefined;
  // One request at a time: an answer belongs to the request before it.
  let queue: Promise<unknown> = Promise.resolve();

  async function request(mode: 'PASSIVE' | 'RESTART'): Promise<CheckpointResult> {
    worker ??= new Worker(new URL('./checkpoint-worker.mjs', import.meta.url), { workerData: { path } });
    worker.ref();
    const answer = once(worker, 'message') as Promise<[CheckpointResult | { error: string }]>;
    worker.postMessage(mode);
    const [result] = await answer.catch((error) => {
      // The worker itself failed; the next request starts another.
      worker = undefined;
      throw error;
    });
    worker?.unref();
    if ('error' in result) throw new Error(`checkpoint: ${result.error}`);
    return result;
  }

  const ask = (mode: 'PASSIVE' | 'RESTART') => {
    const answer = queue.then(() => request(mode));
    queue = answer.catch(() => undefined);
    return answer;
  };
  return {
    passive: () => ask('PASSIVE'),
    restart: () => ask('RESTART'),
    async close() {
      await queue;
      if (worker === undefined) return;
      const exit = once(worker, 'exit');
      worker.ref();
      worker.postMessage('close');
      await exit;
    },
  };
}
