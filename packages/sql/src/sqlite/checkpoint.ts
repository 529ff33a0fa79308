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

export function startCheckpointer(path: string): Checkpointer {
  const worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData: { path } });
  worker.unref();
  // One request at a time: an answer belongs to the request before it.
  let queue: Promise<unknown> = Promise.resolve();
  const ask = (mode: 'PASSIVE' | 'RESTART') => {
    const answer = queue.then(async () => {
      worker.ref();
      worker.postMessage(mode);
      const [result] = (await once(worker, 'message')) as [CheckpointResult | { error: string }];
      worker.unref();
      if ('error' in result) throw new Error(`checkpoint: ${result.error}`);
      return result;
    });
    queue = answer.catch(() => undefined);
    return answer;
  };
  return {
    passive: () => ask('PASSIVE'),
    restart: () => ask('RESTART'),
    async close() {
      await queue;
      worker.ref();
      const exit = once(worker, 'exit');
      worker.postMessage('close');
      await exit;
    },
  };
}
