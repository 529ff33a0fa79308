/** Runs checkpoints on a connection of its own, so that copying pages never stops the event loop of the server. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

const port = parentPort;
if (port === null) throw new Error('checkpoint-worker.ts runs as a worker thread');

const db = new DatabaseSync((workerData as { path: string }).path);
// FULL here: the pages must be on disk before the WAL that held them is used again.
db.exec('PRAGMA synchronous=FULL; PRAGMA busy_timeout=2000');

port.on('message', (mode: 'PASSIVE' | 'RESTART' | 'close') => {
  if (mode === 'close') {
    db.close();
    port.close();
    return;
  }
  try {
    const row = db.prepare(`PRAGMA wal_checkpoint(${mode})`).get() as {
      busy: number;
      log: number;
      checkpointed: number;
    };
    port.postMessage({ ...row });
  } catch (error) {
    port.postMessage({ error: (error as Error).message });
  }
});
