import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryDatabase } from '@sotto/testing';
import { migrations } from './migrations/index.ts';
import { tablesOfRoom } from './room-removals.ts';

/** Rows of a person or of the operator, which outlive the room that they name. */
const kept = ['backup_keys', 'reports'];

test('a room that is purged goes from every table that has rows of rooms', async (t) => {
  const { durable } = await temporaryDatabase(t, migrations);
  const tables = await durable.all<{ name: string }>(
    `SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
     WHERE m.type = 'table' AND c.name = 'room_id' ORDER BY m.name`,
  );
  assert.deepEqual(
    tables.map(({ name }) => name),
    [...tablesOfRoom, ...kept].sort(),
  );
});
