import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';
import { costMs, createFakeClock, startReceiver, temporaryDatabase, temporaryFolder, until } from './index.ts';

test('until asks again until there is an answer, and gives up at the deadline', async () => {
  let asked = 0;
  assert.equal(await until(() => ++asked === 3 && 'yes'), 'yes');
  await assert.rejects(
    until(() => undefined, { deadlineMs: 30, what: 'pigs fly' }),
    /waited 30 ms until pigs fly/,
  );
});

test('what a piece of work costs is the quickest of its runs', async (t) => {
  const spentMs = [9, 8, 3, 7, 5];
  const spend = () => ({ user: (spentMs.pop() as number) * 1000, system: 500 });
  t.mock.method(process, 'cpuUsage', (before?: unknown) => (before === undefined ? { user: 0, system: 0 } : spend()));
  assert.equal(await costMs(() => undefined), 3.5);
  assert.deepEqual(spentMs, []);
});

test('a fake clock stands still until it is moved', () => {
  const clock = createFakeClock(1000);
  assert.equal(clock.now(), 1000);
  clock.advance(500);
  assert.equal(clock.now(), 1500);
});

test('a request that is cut off, as by a server that is killed, does not arrive and breaks nothing', async (t) => {
  const receiver = await startReceiver();
  t.after(receiver.stop);
  const { hostname, port } = new URL(receiver.url);
  const socket = connect(Number(port), hostname);
  socket.write('PUT /cut HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n{');
  await new Promise((resolve) => socket.once('data', resolve));
  socket.destroy();
  await fetch(`${receiver.url}/whole`);
  assert.deepEqual(
    receiver.received.map(({ path }) => path),
    ['/whole'],
  );
});

test('a temporary folder goes with its test', () => {
  const cleanUps: (() => void)[] = [];
  const path = temporaryFolder({ after: (cleanUp) => cleanUps.push(cleanUp) });
  assert.ok(existsSync(path));
  for (const cleanUp of cleanUps) cleanUp();
  assert.ok(!existsSync(path));
});

test('a temporary database is migrated and written like any other', async (t) => {
  const migrations = [{ name: '0001-words', sql: 'CREATE TABLE words (word TEXT NOT NULL)' }];
  const database = await temporaryDatabase(t, migrations);
  await database.writer.begin();
  await database.writer.run('INSERT INTO words VALUES (?)', 'hello');
  await database.writer.commit();
  await database.sync();
  assert.equal((await database.durable.get<{ word: string }>('SELECT word FROM words'))?.word, 'hello');
});
