import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Membership } from '@sotto/protocol';
import type { Database, Queryable, SqlValue } from '@sotto/sql';
import { temporaryDatabase } from '@sotto/testing';
import { putMembership } from '../../store/memberships.ts';
import { migrations } from '../../store/migrations/index.ts';
import { putState } from '../../store/room-state.ts';
import { createJoinedRoomIds } from './joined-room-ids.ts';
import { createOwnChanges } from './own-changes.ts';

const mira = '@mira:x';

/** An engine that really waits: before each read something else may happen. */
function waiting(db: Queryable, beforeRead: () => Promise<void>): Queryable {
  return {
    async get<R>(sql: string, ...params: SqlValue[]) {
      await beforeRead();
      return db.get<R>(sql, ...params);
    },
    async all<R>(sql: string, ...params: SqlValue[]) {
      await beforeRead();
      return db.all<R>(sql, ...params);
    },
    run: db.run,
  };
}

async function set(database: Database, changes: readonly (readonly [string, Membership, number])[]): Promise<void> {
  const { writer } = database;
  await writer.begin();
  for (const [roomId, membership, position] of changes) {
    await putState(writer, { roomId, type: 'm.room.member', stateKey: mira, position, value: membership });
    await putMembership(writer, { userId: mira, roomId, membership, position });
  }
  await writer.commit();
  await database.sync();
}

test('the rooms of a position stay those of that position, whatever is written while they are read', async (t) => {
  for (let readsBefore = 0; readsBefore < 8; readsBefore++) {
    const database = await temporaryDatabase(t, migrations);
    await set(database, [
      ['!kept', 'join', 1],
      ['!left', 'join', 2],
      ['!renamed', 'join', 3],
      ['!invited', 'invite', 4],
    ]);
    let reads = 0;
    const db = waiting(database.durable, async () => {
      if (reads++ !== readsBefore) return;
      await set(database, [
        ['!left', 'leave', 11],
        ['!renamed', 'join', 12],
        ['!invited', 'join', 13],
        ['!entered', 'join', 14],
      ]);
    });
    const joinedRoomIds = createJoinedRoomIds({ db, ownChanges: createOwnChanges(db) });
    const roomsAt = async (upto: number) => [...(await joinedRoomIds(mira, upto))].sort();
    const before = ['!kept', '!left', '!renamed'];
    const when = `written before read ${readsBefore}`;
    assert.deepEqual(await roomsAt(10), before, when);
    assert.deepEqual(await roomsAt(10), before, `${when}, asked again`);
    while (reads <= readsBefore) await db.get('SELECT 1 AS one');
    assert.deepEqual(await roomsAt(14), ['!entered', '!invited', '!kept', '!renamed'], when);
    assert.deepEqual(await roomsAt(10), before, `${when}, by an answer that ends earlier`);
    assert.equal(await joinedRoomIds(mira, 14), await joinedRoomIds(mira, 20), 'the same object while nothing changes');
  }
});
