import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqlite } from '@sotto/sql';
import { temporaryFolder } from '@sotto/testing';
import { migrations } from '../src/store/migrations/index.ts';
import { type DiskOperation, readTrace, straceArguments } from './disk-trace.ts';
import { defineFault, upTo } from './fault.ts';

const writerPath = fileURLToPath(new URL('./power-loss-writer.ts', import.meta.url));
const database = ['live.db', 'live.db-wal'] as const;
const sectorBytes = 512;

/**
 * C1b: every write and every sync of a real process is recorded. From that any number of power losses are played: what a
 * finished sync covered is there; of the rest each write came whole, in part or not at all, in no order.
 */
export const powerLoss = defineFault({
  name: 'power-loss',
  sentence:
    'C1b: power that is lost between any two writes, also of a checkpoint, takes nothing acknowledged and leaves nothing half',
  small: { units: 240, losses: 12 },
  full: { units: 2400, losses: 200 },
  async run(stage, { units, losses }) {
    if (spawnSync('strace', ['-e', 'trace=none', 'true']).status !== 0)
      return { skipped: 'strace is not here, or may not be used' };
    const folder = temporaryFolder(stage);
    const files = [...database, 'acknowledged'];
    const program = [process.execPath, writerPath, folder, String(units)];
    const { status, stderr } = spawnSync('strace', [...straceArguments(folder, files), ...program], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    const trace = readTrace(folder);
    const checkpoints = trace.filter(({ file, kind }) => file === 'live.db' && kind === 'sync').length;
    assert.ok(checkpoints >= 3, `${checkpoints} checkpoints`);
    stage.say(`${trace.length} writes and syncs recorded, ${checkpoints} checkpoints`);
    let inCheckpoints = 0;
    for (const loss of upTo(losses)) {
      // Every second one while a checkpoint writes into the database.
      const atS = pickMoment(trace, { inCheckpoint: loss % 2 === 0 });
      const copy = join(folder, `loss-${loss}`);
      mkdirSync(copy);
      const unsynced = database.map((file) => playLoss(trace, { file, atS, into: join(copy, file) }));
      if ((unsynced[0] ?? 0) > 0) inCheckpoints += 1;
      await verify(join(copy, 'live.db'), acknowledgedBefore(trace, atS));
      rmSync(copy, { recursive: true });
      if (loss % 20 === 19) stage.say(`${loss + 1} losses`);
    }
    assert.ok(inCheckpoints >= losses / 4, `${inCheckpoints} came in the middle of a checkpoint`);
    return `${units} units, ${losses} losses, ${inCheckpoints} of them in the middle of a checkpoint`;
  },
});

/** The moment of some operation after the first acknowledgement. */
function pickMoment(trace: readonly DiskOperation[], { inCheckpoint }: { inCheckpoint: boolean }): number {
  const first = trace.findIndex(({ file }) => file === 'acknowledged');
  const eligible = trace
    .slice(first)
    .filter(({ file, kind }) => (inCheckpoint ? file === 'live.db' && kind === 'write' : true));
  return (eligible[Math.floor(Math.random() * eligible.length)] as DiskOperation).endS;
}

function acknowledgedBefore(trace: readonly DiskOperation[], atS: number): string[] {
  return trace
    .filter(({ file, endS }) => file === 'acknowledged' && endS <= atS)
    .flatMap((each) => (each.kind === 'write' ? each.data.toString().trim() : []));
}

/** Writes what may be left of a file; resolves with how many of its writes no sync had covered. */
function playLoss(
  trace: readonly DiskOperation[],
  { file, atS, into }: { file: string; atS: number; into: string },
): number {
  const own = trace.filter((each) => each.file === file && each.beginS <= atS);
  const lastSync = own.findLast(({ kind, endS }) => kind === 'sync' && endS <= atS);
  const coveredS = lastSync?.beginS ?? 0;
  let bytes: Buffer = Buffer.alloc(0);
  let unsynced = 0;
  for (const each of own) {
    if (each.kind === 'sync') continue;
    const isCovered = each.endS <= coveredS;
    if (!isCovered) unsynced += 1;
    if (each.kind === 'truncate') {
      if (isCovered || Math.random() < 0.5)
        bytes = Buffer.concat([bytes, Buffer.alloc(each.size)]).subarray(0, each.size);
    } else bytes = write(bytes, each.at, isCovered ? each.data : survivor(bytes, each));
  }
  writeFileSync(into, bytes);
  return unsynced;
}

/** What is left of a write that no sync covered: all, nothing, a beginning, or zeros where the file was yet to grow. */
function survivor(bytes: Buffer, { at, data }: { at: number; data: Buffer }): Buffer {
  const chance = Math.random();
  if (chance < 0.35) return data;
  if (chance < 0.6) return data.subarray(0, 0);
  if (chance < 0.75 && at >= bytes.length) return Buffer.alloc(data.length);
  const sectors = Math.floor((Math.random() * data.length) / sectorBytes);
  return data.subarray(0, sectors * sectorBytes);
}

function write(bytes: Buffer, at: number, data: Buffer): Buffer {
  if (data.length === 0) return bytes;
  const missing = at + data.length - bytes.length;
  const grown = missing > 0 ? Buffer.concat([bytes, Buffer.alloc(missing)]) : bytes;
  data.copy(grown, at);
  return grown;
}

async function verify(path: string, acknowledged: readonly string[]): Promise<void> {
  const opened = await openSqlite({ path, migrations });
  try {
    const check = await opened.durable.get<{ integrity_check: string }>('PRAGMA integrity_check');
    assert.equal(check?.integrity_check, 'ok');
    const rows = await opened.durable.all<{ name: string; value: string }>('SELECT name, value FROM server_facts');
    const facts = new Map(rows.map(({ name, value }) => [name, value]));
    for (const unit of acknowledged) assert.ok(facts.has(`unit ${unit} a`), `${unit} was acknowledged`);
    for (const [name, value] of facts) {
      const [, unit, half] = /^unit (\S+) ([ab])$/.exec(name) ?? [];
      if (unit !== undefined) assert.ok(facts.has(`unit ${unit} ${half === 'a' ? 'b' : 'a'}`), `${unit} is half there`);
      if (name.startsWith('newest of ')) assert.ok(facts.has(`unit ${value} b`), `${value} is named and not there`);
    }
  } finally {
    await opened.close();
  }
}
