import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { patienceMs, said, startServer, type TestServer, type TestUser, until } from '@sotto/testing';
import { defineFault } from './fault.ts';
import { createWriters } from './writers.ts';

const uploadBytes = 2 ** 23;

/**
 * C6: no file of the process may grow beyond a size, each time a little further, so that another write of a transaction
 * is the one that fails, in whole or in part, as on a disk that fills up.
 */
export const fullDisk = defineFault({
  name: 'full-disk',
  sentence: 'C6: a full disk gives no false success, reads go on, and writes recover by themselves',
  small: { writers: 4, steps: 6, stepBytes: 1500, recoverMs: patienceMs },
  full: { writers: 20, steps: 150, stepBytes: 500, recoverMs: 10_000 },
  async run(stage, { writers: count, steps, stepBytes, recoverMs }) {
    if (!hasPrlimit()) return { skipped: 'prlimit of util-linux is not here' };
    const server = await startServer();
    stage.after(server.stop);
    const writers = await createWriters({ server, count });
    const reader = writers.people[0] as (typeof writers.people)[number];
    const writing = writers.start();
    stage.after(async () => {
      limitFiles(server, 'unlimited');
      await writing.stop();
    });
    await uploadNearly(server, reader);
    let slowestMs = 0;
    for (let step = 0; step < steps; step++) {
      const refused = refusalsOf(writers.refusals);
      limitFiles(server, writtenBytes(server.dataDir) + step * stepBytes);
      await until(() => refusalsOf(writers.refusals) > refused, { what: 'a write is refused' });
      assert.equal((await reader.api('GET', '/v3/sync')).status, 200, 'reads go on');
      if (writtenBytes(server.dataDir) + step * stepBytes < uploadBytes) {
        const upload = await reader.api('POST', '/_matrix/media/v3/upload', { body: Buffer.alloc(uploadBytes) });
        assert.deepEqual([upload.status, upload.body.errcode], [503, 'M_UNKNOWN'], 'a file does not fit either');
      }
      limitFiles(server, 'unlimited');
      const [before, begunMs] = [writers.acknowledged(), performance.now()];
      await until(() => writers.acknowledged() > before, { deadlineMs: recoverMs, what: 'writes go on' });
      slowestMs = Math.max(slowestMs, performance.now() - begunMs);
      if (step % 20 === 19) stage.say(`${step + 1} times full, ${writers.acknowledged()} acknowledged`);
    }
    await writing.stop();
    assert.deepEqual([...writers.refusals.keys()], ['503 M_UNKNOWN'], 'what is refused is refused so');
    await writers.check();
    return `${steps} times full, ${writers.acknowledged()} messages, at most ${Math.round(slowestMs)} ms to recover`;
  },
});

/** Of the last piece of a file all fits but a byte, and there is room for the log. */
async function uploadNearly(server: TestServer, reader: TestUser): Promise<void> {
  const limit = writtenBytes(server.dataDir) + uploadBytes;
  limitFiles(server, limit);
  const upload = await reader.api('POST', '/_matrix/media/v3/upload', { body: Buffer.alloc(limit + 1) });
  assert.deepEqual(said(upload), [503, 'M_UNKNOWN'], 'a file that is kept in part is refused');
  limitFiles(server, 'unlimited');
}

const refusalsOf = (refusals: Map<string, number>) => [...refusals.values()].reduce((sum, count) => sum + count, 0);

function hasPrlimit(): boolean {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function limitFiles(server: TestServer, bytes: number | 'unlimited'): void {
  if (server.pid !== undefined) execFileSync('prlimit', ['--pid', String(server.pid), `--fsize=${bytes}:unlimited`]);
}

/** How far the write-ahead log is written: its index says how many frames (sqlite.org/walformat.html). */
function writtenBytes(dataDir: string): number {
  const frames = readFileSync(join(dataDir, 'sotto.db-shm')).readUInt32LE(16);
  return 32 + frames * (4096 + 24);
}
