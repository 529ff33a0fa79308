/**
 * Runs checkpoints on a connection of its own, so that copying pages never stops the event loop of the server.
 * Plain JavaScript: a thread that strips types first would hold 11 MB for it.
 */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

const port = parentPort;
if (port === null) throw new Error('checkpoint-worker.mjs runs as a worker thread');

const db = new DatabaseSync(workerData.path);
// FULL here: the pages must be on disk before the WAL that held them is used again.
db.exec('PRAGMA synchronous=FULL; PRAGMA busy_timeout=2000');

port.on('message', (mode) => {
  if (mode === 'close') {
    db.close();
    port.close();
    return;
  }
  try {
    port.postMessage({ ...db.prepare(`PRAGMA wal_checkpoint(${mode})`).get() });
  } catch (error) {
    port.postMessage({ error: error.message });
  }
});
