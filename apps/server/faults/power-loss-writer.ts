/**
 * Runs under strace (power-loss.ts): writes units of work of two halves into a log whose checkpoints come often, and each
 * unit's name into a file of its own once it is acknowledged. `node power-loss-writer.ts FOLDER UNITS`
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { createMemoryBus } from '@sotto/bus';
import { openSqlite } from '@sotto/sql';
import { openLogWriter } from '../src/log/writer.ts';
import { migrations } from '../src/store/migrations/index.ts';
import { upTo } from './fault.ts';

const [folder = '', units = '0'] = process.argv.slice(2);
const writers = 8;
const database = await openSqlite({
  path: join(folder, 'live.db'),
  migrations,
  checkpointBytes: 60_000,
  restartBytes: 300_000,
});
const log = await openLogWriter({ database, bus: createMemoryBus() });
const acknowledged = fs.openSync(join(folder, 'acknowledged'), 'a');
const put =
  'INSERT INTO server_facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value';

async function write(name: string): Promise<void> {
  await log.write(async (unit) => {
    for (const half of ['a', 'b']) await unit.run(put, `unit ${name} ${half}`, 'x'.repeat(300));
    // Pages that are written again and again are what a checkpoint that is cut could harm.
    await unit.run(put, `newest of ${name.split('-', 1)[0]}`, name);
    unit.nextPosition();
  });
  fs.writeSync(acknowledged, `${name}\n`);
}

await Promise.all(
  upTo(writers).map(async (writer) => {
    for (const index of upTo(Math.ceil(Number(units) / writers))) await write(`${writer}-${index}`);
  }),
);
await log.close();
await database.close();
