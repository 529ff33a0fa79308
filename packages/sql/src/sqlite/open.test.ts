import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDatabase, temporaryFolder } from '@sotto/testing';
import { DatabaseRefusedError, type Migration, openSqlite } from '../index.ts';

const migrations: Migration[] = [
  { name: 'notes', sql: 'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT UNIQUE);' },
];

async function insert(database: Awaited<ReturnType<typeof openSqlite>>, text: string): Promise<void> {
  await database.writer.begin();
  await database.writer.run('INSERT INTO notes (text) VALUES (?)', text);
  await database.writer.commit();
}

test('readers see a commit only after the sync that covers it', async (t) => {
  const disk = Promise.withResolvers<void>();
  let isSlow = false;
  const syncFile = () => (isSlow ? disk.promise : Promise.resolve());
  const database = await temporaryDatabase(t, migrations, { syncFile });
  const count = async () => (await database.durable.get<{ n: number }>('SELECT COUNT(*) AS n FROM notes'))?.n;

  isSlow = true;
  await insert(database, 'one');
  assert.equal(await count(), 0);
  const syncing = database.sync();
  await insert(database, 'two');
  assert.equal(await count(), 0, 'not while the disk is busy');
  disk.resolve();
  await syncing;
  assert.equal(await count(), 1, 'what the sync covered, and not what was committed meanwhile');
  isSlow = false;
  await database.sync();
  assert.equal(await count(), 2);
});

test('a savepoint that fails undoes what it wrote and nothing else', async (t) => {
  const database = await temporaryDatabase(t, migrations);
  const { writer } = database;
  await writer.begin();
  await writer.savepoint(() => writer.run("INSERT INTO notes (text) VALUES ('kept')"));
  const failing = writer.savepoint(async () => {
    await writer.run("INSERT INTO notes (text) VALUES ('gone')");
    await writer.run("INSERT INTO notes (text) VALUES ('kept')");
  });
  await assert.rejects(failing, /UNIQUE/);
  await writer.commit();
  await database.sync();
  assert.deepEqual(
    (await database.durable.all('SELECT text FROM notes')).map((row) => ({ ...row })),
    [{ text: 'kept' }],
  );
});

test('the WAL starts anew in a pause, and nothing is lost by it', async (t) => {
  const database = await temporaryDatabase(t, migrations, { checkpointBytes: 20_000, restartBytes: 60_000 });
  const file = (await database.writer.get<{ file: string }>('PRAGMA database_list'))?.file;
  let pauses = 0;
  for (let index = 0; index < 400; index++) {
    await insert(database, `note ${index} ${'x'.repeat(500)}`);
    await database.sync();
    if (database.wantsPause()) {
      await database.pause();
      pauses++;
    }
  }
  assert.ok(pauses >= 2, `${pauses} pauses`);
  assert.equal((await database.durable.get<{ n: number }>('SELECT COUNT(*) AS n FROM notes'))?.n, 400);
  assert.ok(fs.statSync(`${file}-wal`).size < 300_000, 'the WAL does not grow with what is written');
});

test('what can not be used is refused with a line for the operator', async (t) => {
  const folder = temporaryFolder(t);
  const refusal = (path: string, steps = migrations) =>
    openSqlite({ path, migrations: steps }).then(
      () => assert.fail('it opened'),
      (error) => {
        assert.ok(error instanceof DatabaseRefusedError, String(error));
        return error.message;
      },
    );
  fs.writeFileSync(join(folder, 'garbage.db'), 'this is not a database, '.repeat(200));
  assert.match(await refusal(join(folder, 'garbage.db')), /damaged or not a database/);
  assert.match(await refusal(join(folder, 'missing', 'x.db')), /no folder/);

  const path = join(folder, 'x.db');
  const database = await openSqlite({
    path,
    migrations: [...migrations, { name: 'more', sql: 'CREATE TABLE more (id INTEGER);' }],
  });
  assert.match(await refusal(path), /Another process/);
  await database.close();
  assert.match(await refusal(path), /newer version of Sotto \(schema 2; this version knows 1\)/);
});

test('a migration that was interrupted leaves nothing behind and runs again', async (t) => {
  const path = join(temporaryFolder(t), 'x.db');
  const broken: Migration[] = [
    ...migrations,
    { name: 'half', sql: 'CREATE TABLE half (id INTEGER);\nCREATE TABLE notes (id INTEGER);' },
  ];
  await assert.rejects(openSqlite({ path, migrations: broken }), /already exists/);
  const mended: Migration[] = [...migrations, { name: 'half', sql: 'CREATE TABLE half (id INTEGER);' }];
  const database = await openSqlite({ path, migrations: mended });
  assert.deepEqual(await database.durable.all('SELECT * FROM half'), []);
  await database.close();
});
