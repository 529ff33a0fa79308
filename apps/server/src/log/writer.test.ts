import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createMemoryBus, type Hint } from '@sotto/bus';
import { MatrixError } from '@sotto/protocol';
import { temporaryDatabase, until } from '@sotto/testing';
import { migrations } from '../store/migrations/index.ts';
import { type LogWriter, openLogWriter } from './writer.ts';

const setFact = 'INSERT INTO server_facts (name, value) VALUES (?, ?)';

async function openLog(
  t: TestContext,
  disk: { sync?: () => Promise<void>; maxWaiting?: number; stallMs?: number } = {},
) {
  let sync = disk.sync ?? (() => Promise.resolve());
  let log: LogWriter | undefined;
  t.after(() => log?.close());
  const database = await temporaryDatabase(t, migrations, { syncFile: () => sync() });
  const bus = createMemoryBus();
  const hints: Hint[] = [];
  bus.subscribe((hint) => hints.push(hint));
  log = await openLogWriter({
    database,
    bus,
    restMs: 20,
    ...(disk.maxWaiting && { maxWaiting: disk.maxWaiting }),
    ...(disk.stallMs && { stallMs: disk.stallMs }),
  });
  const setSync = (next: () => Promise<void>) => {
    sync = next;
  };
  return { log, database, hints, setSync };
}

test('units that wait become one transaction, each with its own position', async (t) => {
  const { log, hints } = await openLog(t);
  const positions = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      log.write(async (unit) => {
        await unit.run(setFact, `fact ${index}`, 'x');
        unit.tell({ roomId: '!r' });
        return unit.nextPosition();
      }),
    ),
  );
  assert.deepEqual(
    positions,
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  assert.equal(log.durablePosition(), 20);
  assert.deepEqual(hints, [{ position: 20, roomIds: ['!r'], userIds: [] }], 'one hint for all');
});

test('what comes turn after turn while the disk is busy becomes one transaction', async (t) => {
  const { log, database, setSync } = await openLog(t);
  let begun = 0;
  const { begin } = database.writer;
  database.writer.begin = () => {
    begun += 1;
    return begin();
  };
  const disk = Promise.withResolvers<void>();
  let isSyncing = false;
  setSync(() => {
    isSyncing = true;
    return disk.promise;
  });
  const write = (name: string) => log.write((unit) => unit.run(setFact, name, 'x'));
  const first = write('first');
  await until(() => isSyncing, { what: 'the disk is busy' });
  const later: Promise<unknown>[] = [];
  for (let turn = 0; turn < 5; turn++) {
    later.push(write(`later ${turn}`));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => begun === 2, { what: 'they run though the disk is still busy, for no more come' });
  disk.resolve();
  await Promise.all([first, ...later]);
  assert.equal(begun, 2);
});

test('a unit that fails harms no other, and gives its position back', async (t) => {
  const { log, database } = await openLog(t);
  const undone: string[] = [];
  const good = (name: string) =>
    log.write(async (unit) => {
      await unit.run(setFact, name, 'x');
      return unit.nextPosition();
    });
  const bad = log.write(async (unit) => {
    await unit.run(setFact, 'bad', 'x');
    unit.nextPosition();
    unit.onUndo(() => undone.push('bad'));
    throw new MatrixError('M_FORBIDDEN', 'no');
  });
  const [first, refusal, second] = await Promise.allSettled([good('first'), bad, good('second')]);
  assert.deepEqual(
    [first, second].map((each) => each?.status === 'fulfilled' && each.value),
    [1, 2],
  );
  assert.equal(refusal?.status === 'rejected' && (refusal.reason as MatrixError).errcode, 'M_FORBIDDEN');
  assert.deepEqual(undone, ['bad']);
  const rows = await database.durable.all<{ name: string }>(
    "SELECT name FROM server_facts WHERE value = 'x' ORDER BY name",
  );
  assert.deepEqual(
    rows.map((row) => row.name),
    ['first', 'second'],
  );
});

test('nobody is answered, told or shown anything before the disk has it', async (t) => {
  const disk = Promise.withResolvers<void>();
  const { log, hints, setSync } = await openLog(t);
  let [isSyncing, isAnswered] = [false, false];
  setSync(() => {
    isSyncing = true;
    return disk.promise;
  });
  const write = log
    .write(async (unit) => {
      unit.tell({ userId: '@a:b' });
      return unit.nextPosition();
    })
    .then(() => {
      isAnswered = true;
    });
  await until(() => isSyncing, { what: 'the disk is busy' });
  for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([isAnswered, log.durablePosition(), hints.length], [false, 0, 0]);
  setSync(() => Promise.resolve());
  disk.resolve();
  await write;
  assert.deepEqual([log.durablePosition(), hints.length], [1, 1]);
});

test('a disk that refuses costs a 503 and not the server: writes go on once it is well', async (t) => {
  const { log, database, setSync } = await openLog(t);
  setSync(() => Promise.reject(new Error('ENOSPC')));
  const write = () => log.write(async (unit) => unit.nextPosition());
  const refusal = await write().catch((error: MatrixError) => error);
  assert.ok(refusal instanceof MatrixError);
  assert.deepEqual([refusal.status, refusal.extra], [503, { retry_after_ms: 1000 }]);
  assert.equal((await database.durable.get<{ one: number }>('SELECT 1 AS one'))?.one, 1, 'reads go on');
  setSync(() => Promise.resolve());
  const position = await until(async () => write().catch(() => undefined), { what: 'writes recover' });
  assert.ok(position > 0);
});

test('while the disk is not repaired nothing is acknowledged, whatever was under way when it failed', async (t) => {
  const { log, database, setSync } = await openLog(t);
  const events: string[] = [];
  const repair = database.repair.bind(database);
  database.repair = () => repair().then(() => void events.push('repaired'));
  const failing = Promise.withResolvers<void>();
  setSync(() => failing.promise);
  const write = (name: string) =>
    log
      .write(async (unit) => unit.nextPosition())
      .then(
        () => events.push(`${name} acknowledged`),
        () => events.push(`${name} refused`),
      );
  // Some ride on the sync that fails, some are committed meanwhile, some wait, and some come after.
  const writes = [write('first')];
  for (let index = 0; index < 30; index++) {
    await new Promise((resolve) => setImmediate(resolve));
    writes.push(write(`number ${index}`));
    if (index === 15) {
      setSync(() => Promise.resolve());
      failing.reject(new Error('EIO'));
    }
  }
  await Promise.all(writes);
  const refused = events.filter((each) => each.endsWith('refused'));
  assert.ok(refused.length >= 16, events.join());
  const early = events.slice(0, events.includes('repaired') ? events.indexOf('repaired') : undefined);
  assert.deepEqual(
    early.filter((each) => each.endsWith('acknowledged')),
    [],
  );
});

test('more than may wait is refused at once, and what waits is kept', async (t) => {
  const { log } = await openLog(t, { maxWaiting: 3 });
  const results = await Promise.allSettled(
    Array.from({ length: 5 }, () => log.write(async (unit) => unit.nextPosition())),
  );
  assert.deepEqual(
    results.map((each) => each.status),
    ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'],
  );
});

test('a disk that hangs keeps no more waiting than may wait, though each turn of the loop commits what came', async (t) => {
  const disk = Promise.withResolvers<void>();
  const { log, setSync } = await openLog(t, { maxWaiting: 4 });
  setSync(() => disk.promise);
  const outcomes: Promise<string>[] = [];
  for (let count = 0; count < 7; count++) {
    outcomes.push(
      log
        .write(async (unit) => unit.nextPosition())
        .then(
          () => 'written',
          () => 'refused',
        ),
    );
    for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
  }
  disk.resolve();
  assert.deepEqual(await Promise.all(outcomes), [
    ...Array.from({ length: 4 }, () => 'written'),
    ...Array.from({ length: 3 }, () => 'refused'),
  ]);
});

test('once the disk has hung for long, others are refused at once until it is back', async (t) => {
  const disk = Promise.withResolvers<void>();
  const { log, setSync } = await openLog(t, { stallMs: 30 });
  setSync(() => disk.promise);
  const waiting = [log.write(async (unit) => unit.nextPosition())];
  const isRefused = async () => {
    const written = log.write(async (unit) => unit.nextPosition());
    const soon = await Promise.race([written.catch(() => 'refused'), new Promise((resolve) => setImmediate(resolve))]);
    if (soon !== 'refused') waiting.push(written);
    return soon === 'refused';
  };
  await until(isRefused, { what: 'a write is refused' });
  disk.resolve();
  const positions = await Promise.all(waiting);
  assert.deepEqual(
    positions,
    positions.map((_, index) => index + 1),
    'whoever waited was served',
  );
  assert.equal(await log.write(async (unit) => unit.nextPosition()), positions.length + 1);
});

test('closing finishes what was begun and refuses what comes later', async (t) => {
  const { log } = await openLog(t);
  const begun = log.write(async (unit) => unit.nextPosition());
  await log.close();
  assert.equal(await begun, 1);
  await assert.rejects(
    log.write(async () => 1),
    MatrixError,
  );
});

test('a full disk costs the whole batch and nothing else: no false success, no ghost, and writes go on when there is room', async (t) => {
  const { log, database } = await openLog(t);
  const pages = (await database.writer.get<{ page_count: number }>('PRAGMA page_count'))?.page_count ?? 0;
  await database.writer.get(`PRAGMA max_page_count = ${pages + 2}`);
  const write = (name: string, bytes: number) =>
    log.write(async (unit) => {
      await unit.run(setFact, name, 'x'.repeat(bytes));
      return unit.nextPosition();
    });
  const results = await Promise.allSettled([write('small 1', 10), write('large', 200_000), write('small 2', 10)]);
  for (const each of results) {
    const refusal =
      each.status === 'rejected' ? (each.reason as MatrixError) : assert.fail('nothing can be acknowledged');
    assert.equal(refusal.status, 503);
  }
  const names = async () => {
    const rows = await database.durable.all<{ name: string }>(
      "SELECT name FROM server_facts WHERE value LIKE 'x%' ORDER BY name",
    );
    return rows.map((row) => row.name);
  };
  assert.equal(await write('after', 10), 1, 'the counter goes on where it was');
  assert.deepEqual(await names(), ['after'], 'nothing of the refused batch is there');
  await database.writer.get('PRAGMA max_page_count = 1000000');
  assert.equal(await write('large', 200_000), 2);
  assert.deepEqual(await names(), ['after', 'large']);
});

test('what was refused and is on disk after a repair is told: effects run once, and who waits is woken', async (t) => {
  const { log, hints, setSync } = await openLog(t);
  const ran: string[] = [];
  setSync(() => Promise.reject(new Error('the disk is gone')));
  const refused = log.write(async (unit) => {
    await unit.run(setFact, 'refused', 'x');
    unit.tell({ userId: '@mira:example.org' });
    unit.afterwards(() => ran.push('refused'));
    return unit.nextPosition();
  });
  await assert.rejects(refused, (error) => error instanceof MatrixError && error.status === 503);
  assert.deepEqual([ran, hints, log.durablePosition()], [[], [], 0]);
  setSync(() => Promise.resolve());
  await until(async () => hints.length > 0, { what: 'the repair is told' });
  assert.deepEqual(ran, ['refused']);
  assert.deepEqual(hints, [{ position: 1, roomIds: [], userIds: ['@mira:example.org'] }]);
  assert.equal(log.durablePosition(), 1);
});

test('what comes in the moment in which the log is about to start anew waits for it, and is answered', async (t) => {
  const { log, database, setSync } = await openLog(t);
  const [sync, pause] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let [isSyncing, isPausing, ran] = [false, false, ''];
  setSync(() => {
    isSyncing = true;
    return sync.promise;
  });
  database.wantsPause = () => ran === '';
  database.pause = async () => {
    isPausing = true;
    await pause.promise;
    isPausing = false;
  };
  const first = log.write((unit) => unit.run(setFact, 'first', 'x'));
  await until(() => isSyncing);
  sync.resolve();
  const second = log.write(async (unit) => {
    ran = isPausing ? 'in the pause' : 'after it';
    await unit.run(setFact, 'second', 'x');
  });
  await first;
  for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([isPausing, ran], [true, '']);
  pause.resolve();
  await second;
  assert.equal(ran, 'after it');
});

test('a disk that fails while the log starts anew is repaired, and writing goes on', async (t) => {
  const { log, database } = await openLog(t);
  let pauses = 0;
  database.wantsPause = () => pauses === 0;
  database.pause = async () => {
    pauses += 1;
    throw new Error('the disk reported an error');
  };
  const write = () => log.write(async (unit) => unit.nextPosition());
  assert.equal(await write(), 1);
  const next = await until(async () => write().catch(() => undefined), { what: 'a write after the repair' });
  assert.ok(next > 1);
  assert.deepEqual([log.durablePosition(), pauses], [next, 1]);
});

test('a disk that fails while a pause is wanted is repaired before anything that it may not have is shown', async (t) => {
  const { log, database, setSync } = await openLog(t);
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const syncs = [first.promise, second.promise];
  let begun = 0;
  setSync(() => syncs[begun++] ?? Promise.resolve());
  const housekeeping: string[] = [];
  database.wantsPause = () => housekeeping.length === 0;
  database.pause = async () => void housekeeping.push('pause');
  const repair = database.repair.bind(database);
  database.repair = () => repair().then(() => void housekeeping.push('repair'));
  const write = (name: string) => log.write((unit) => unit.run(setFact, name, 'x'));
  const good = write('good');
  await until(() => begun === 1);
  const bad = write('bad');
  const isCommitted = async () =>
    (await database.writer.get("SELECT 1 FROM server_facts WHERE name = 'bad'")) !== undefined;
  await until(isCommitted, { what: 'the second is committed while the disk is busy with the first' });
  first.resolve();
  await good;
  second.reject(new Error('EIO'));
  await assert.rejects(bad, MatrixError);
  await until(() => housekeeping.length > 0);
  assert.equal(housekeeping[0], 'repair');
});
