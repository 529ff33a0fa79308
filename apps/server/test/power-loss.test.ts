import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createMemoryBus } from '@sotto/bus';
import { openSqlite } from '@sotto/sql';
import { temporaryFolder } from '@sotto/testing';
import { openLogWriter } from '../src/log/writer.ts';
import { migrations } from '../src/store/migrations/index.ts';

/** What lies behind the last finished sync when the power goes: nothing, zeros, or a torn piece of what was written. */
const tails = {
  cut: () => Buffer.alloc(0),
  zeroed: (lost: Buffer) => Buffer.alloc(lost.length),
  torn: (lost: Buffer) => Buffer.concat([lost.subarray(0, Math.floor(lost.length / 2)), Buffer.alloc(777, 0xa5)]),
};

/** C1b of the security list, small: a copy of the data folder in which only what a finished sync covered is certain. */
test('power loss keeps every acknowledged unit and nothing half, whatever became of the rest', async (t) => {
  for (const [name, tail] of Object.entries(tails)) {
    for (const stopAfter of [1, 7, 23]) {
      await t.test(`${name}, after ${stopAfter} syncs`, async (t) => {
        const { acknowledged, copy } = await writeUntilPowerLoss(temporaryFolder(t), { tail, stopAfter });
        if (stopAfter > 1) assert.ok(acknowledged.length > 0, 'something was acknowledged before the power went');
        const database = await openSqlite({ path: copy, migrations });
        const rows = await database.durable.all<{ name: string; value: string }>(
          "SELECT name, value FROM server_facts WHERE name LIKE 'unit %'",
        );
        const found = new Map(rows.map((row) => [row.name, row.value]));
        for (const unit of acknowledged) assert.equal(found.get(`${unit} a`), 'half', `${unit} was acknowledged`);
        for (const half of found.keys()) {
          const other = half.endsWith(' a') ? half.replace(/a$/, 'b') : half.replace(/b$/, 'a');
          assert.ok(found.has(other), `${half} is there without ${other}`);
        }
        const check = await database.durable.get<{ integrity_check: string }>('PRAGMA integrity_check');
        assert.equal(check?.integrity_check, 'ok');
        await database.close();
      });
    }
  }
});

interface PowerLoss {
  tail(lost: Buffer): Buffer;
  /** How many syncs finish before the power goes, in the middle of the next. */
  stopAfter: number;
}

async function writeUntilPowerLoss(folder: string, { tail, stopAfter }: PowerLoss) {
  const path = join(folder, 'live.db');
  const copy = join(folder, 'copy.db');
  const lost = Promise.withResolvers<void>();
  let durable = Buffer.alloc(0);
  let syncs = 0;
  const syncFile = async () => {
    const now = fs.readFileSync(`${path}-wal`);
    if (syncs++ < stopAfter) {
      durable = now;
      return;
    }
    fs.copyFileSync(path, copy);
    fs.writeFileSync(`${copy}-wal`, Buffer.concat([durable, tail(now.subarray(durable.length))]));
    lost.resolve();
    throw new Error('no power');
  };
  const database = await openSqlite({ path, migrations, syncFile });
  const log = await openLogWriter({ database, bus: createMemoryBus() });
  const acknowledged: string[] = [];
  const write = async (name: string) => {
    await log.write(async (unit) => {
      for (const half of ['a', 'b']) {
        await unit.run("INSERT INTO server_facts (name, value) VALUES (?, 'half')", `${name} ${half}`);
      }
      unit.nextPosition();
    });
    acknowledged.push(name);
  };
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let index = 0; index < 500; index++) await write(`unit ${writer}-${index}`);
  });
  await Promise.allSettled([lost.promise, Promise.all(writers)]);
  const counted = [...acknowledged];
  await log.close();
  await database.close();
  return { acknowledged: counted, copy };
}
