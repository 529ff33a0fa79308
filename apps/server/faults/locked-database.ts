import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { patienceMs, startServer, until } from '@sotto/testing';
import { defineFault, type Stage } from './fault.ts';
import { createWriters } from './writers.ts';

/** C7: another process takes the lock for writing and keeps it. */
export const lockedDatabase = defineFault({
  name: 'locked-database',
  sentence: 'C7: while another process holds the database reads go on and writes are told when to come again',
  small: { writers: 20, lockMs: 2500, recoverMs: patienceMs },
  full: { writers: 500, lockMs: 30_000, recoverMs: 5000 },
  async run(stage, { writers: count, lockMs, recoverMs }) {
    const server = await startServer();
    stage.after(server.stop);
    const writers = await createWriters({ server, count });
    const reader = writers.people[0] as (typeof writers.people)[number];
    const writing = writers.start();
    stage.after(writing.stop);
    await until(() => writers.acknowledged() > count, { what: 'writing goes on' });
    const lock = takeLock(stage, join(server.dataDir, 'sotto.db'));
    const endMs = performance.now() + lockMs;
    const held = writers.acknowledged();
    let [reads, slowestMs] = [0, 0];
    await until(
      async () => {
        const begunMs = performance.now();
        // The lock is let go only after this has its answer, so that none waits for it.
        assert.equal((await reader.api('GET', '/v3/sync')).status, 200);
        slowestMs = Math.max(slowestMs, performance.now() - begunMs);
        return ++reads >= 5 && performance.now() > endMs && writers.refusals.size > 0;
      },
      { deadlineMs: lockMs + patienceMs, what: 'the lock has been held for long enough' },
    );
    assert.ok(writers.acknowledged() - held <= count, 'nothing was acknowledged meanwhile');
    const refusal = await reader.api('POST', '/v3/createRoom', { body: {} });
    assert.deepEqual([refusal.status, refusal.body.errcode], [503, 'M_UNKNOWN']);
    assert.equal(refusal.headers.get('retry-after'), '1');
    const begunMs = performance.now();
    const goal = writers.acknowledged() + count;
    lock.release();
    await until(() => writers.acknowledged() >= goal, { deadlineMs: recoverMs, what: 'writes go on' });
    const recoveredMs = performance.now() - begunMs;
    await writing.stop();
    assert.deepEqual([...writers.refusals.keys()], ['503 M_UNKNOWN']);
    await writers.check();
    return `held for ${lockMs} ms, reads at most ${Math.round(slowestMs)} ms, back after ${Math.round(recoveredMs)} ms`;
  },
});

function takeLock(stage: Stage, path: string): { release(): void } {
  const db = new DatabaseSync(path, { timeout: patienceMs });
  db.exec('BEGIN IMMEDIATE');
  const release = () => {
    if (db.isOpen) db.close();
  };
  stage.after(release);
  return { release };
}
