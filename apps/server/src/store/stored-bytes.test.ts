import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqlite, type Queryable } from '@sotto/sql';
import { temporaryDatabase, temporaryFolder } from '@sotto/testing';
import { deleteAccountDataOf, putAccountData } from './account-data.ts';
import { deleteBackupKeys } from './backup-keys.ts';
import { putFilter } from './filters.ts';
import { deleteMedia } from './media.ts';
import { migrations } from './migrations/index.ts';
import { purgeRoom } from './room-removals.ts';
import { getStoredBytes, type StoredKind } from './stored-bytes.ts';

test('what was stored before anything was counted is counted by the migration, and taken off again', async (t) => {
  const path = join(temporaryFolder(t), 'test.db');
  const userId = '@mira:localhost';
  const step = migrations.findIndex(({ name }) => name === 'stored-bytes');
  const old = await openSqlite({ path, migrations: migrations.slice(0, step) });
  for (const sql of [
    "INSERT INTO media (media_id, user_id, sha256, byte_size, created_at_ms) VALUES ('m', ?, 'aa', 1000, 0)",
    "INSERT INTO account_data (user_id, room_id, type, content, position) VALUES (?, '', 't', '{\"a\":\"é\"}', 1)",
    "INSERT INTO filters (user_id, filter_id, definition) VALUES (?, 'f', '{}')",
    "INSERT INTO key_backups (user_id, version, algorithm, auth_data) VALUES (?, 1, 'x', '{}')",
    `INSERT INTO backup_keys (user_id, version, room_id, session_id, is_verified, first_message_index, forwarded_count, json)
     VALUES (?, 1, 'r', 's', 0, 0, 0, '{"a":1}')`,
  ])
    await old.writer.run(sql, userId);
  await old.close();
  const database = await openSqlite({ path, migrations });
  t.after(() => database.close());
  const db = database.writer;
  const stored = async () => {
    const kinds: StoredKind[] = ['media', 'account_data', 'key_backup'];
    return Promise.all(kinds.map((kind) => getStoredBytes(db, userId, kind)));
  };
  assert.deepEqual(await stored(), [1000 + 4096, 10 + 256 + 2 + 256, 2 + 256 + 7 + 256]);
  const changed = await putAccountData(db, { userId, roomId: '', type: 't', content: '{}', position: 2 });
  assert.deepEqual([changed.bytes, changed.isMore], [2 + 256 + 2 + 256, false]);
  await deleteMedia(db, 'm');
  await deleteBackupKeys(db, { userId, version: 1 });
  await deleteAccountDataOf(db, userId);
  assert.deepEqual(await stored(), [0, 0, 2 + 256]);
});

/** What is there, counted afresh; nobody who keeps nothing. */
const countSettings = (db: Queryable) =>
  db.all(
    `SELECT user_id AS userId, SUM(bytes) AS bytes FROM (
       SELECT user_id, octet_length(content) + 256 AS bytes FROM account_data
       UNION ALL SELECT user_id, octet_length(definition) + 256 FROM filters) GROUP BY user_id ORDER BY user_id`,
  );

test('a room that is purged takes its account data out of the count of each who kept some for it', async (t) => {
  const { writer: db } = await temporaryDatabase(t, migrations);
  const [eve, mira, tom] = ['@eve:localhost', '@mira:localhost', '@tom:localhost'] as const;
  const put = (userId: string, roomId: string, type: string) =>
    putAccountData(db, { userId, roomId, type, content: `{"text":"é${type}"}`, position: 1 });
  await put(eve, '!gone:localhost', 'one');
  await put(eve, '!gone:localhost', 'other');
  await put(eve, '!kept:localhost', 'one');
  await put(mira, '!gone:localhost', 'one');
  await put(tom, '', 'one');
  await putFilter(db, { userId: mira, filterId: 'f', definition: '{"room":{}}' });
  const counted = () =>
    db.all("SELECT user_id AS userId, bytes FROM stored_bytes WHERE kind = 'account_data' ORDER BY user_id");
  assert.deepEqual(await counted(), await countSettings(db));
  const before = await getStoredBytes(db, tom, 'account_data');
  await purgeRoom(db, '!gone:localhost');
  assert.deepEqual(await counted(), await countSettings(db));
  assert.equal(await getStoredBytes(db, mira, 'account_data'), 11 + 256);
  assert.equal(await getStoredBytes(db, tom, 'account_data'), before);
});
