import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Transaction } from '@sotto/sql';
import { createDice, type Dice, temporaryDatabase } from '@sotto/testing';
import { putAccountData } from '../../store/account-data.ts';
import { insertEvent, listWrittenRooms } from '../../store/events.ts';
import { forgetRoom, putMembership } from '../../store/memberships.ts';
import { migrations } from '../../store/migrations/index.ts';
import { insertRoom } from '../../store/rooms.ts';
import { createRecentWrites } from '../sync/recent-writes.ts';
import { createReadPersonsRooms } from './persons-rooms.ts';

const me = '@me:example.org';
const roomIds = ['!a', '!b', '!c', '!d'];

/** Something happens in one of the rooms, mostly that somebody writes. */
async function step(db: Transaction, dice: Dice, position: number): Promise<void> {
  const roomId = dice(roomIds);
  const sender = dice([me, '@other:example.org']);
  const kind = dice(['say', 'say', 'say', 'say', 'move', 'forget', 'direct']);
  if (kind === 'forget') return forgetRoom(db, me, roomId);
  if (kind === 'direct') {
    const content = JSON.stringify({ '@other:example.org': [dice(roomIds)] });
    await putAccountData(db, { userId: me, roomId: '', type: 'm.direct', content, position });
    return;
  }
  await insertEvent(db, {
    ...{ position, roomId, eventId: `$${position}`, type: 'm.room.message', stateKey: null, sender, depth: position },
    ...{ originServerTs: position, json: '{}', pdu: '{}', unsigned: null, deviceId: null, transactionId: null },
    ...{ relType: null, relatesTo: null, redactedBy: null },
  });
  const membership = dice(['join', 'join', 'leave', 'invite', 'ban'] as const);
  if (kind === 'move') await putMembership(db, { userId: me, roomId, membership, position });
}

test('the rooms that were remembered are those that are read anew, in the same order', async (t) => {
  for (let seed = 1; seed <= 10; seed++) {
    const { writer: db } = await temporaryDatabase(t, migrations);
    const dice = createDice(seed);
    for (const roomId of roomIds) await insertRoom(db, { roomId, version: '12', creator: me, createdPosition: 0 });
    const open = () => createReadPersonsRooms({ db, recentEvents: createRecentWrites(listWrittenRooms) });
    const warm = open();
    for (let position = 1; position <= 120; position++) {
      await step(db, dice, position);
      if (dice([true, false])) continue;
      const isKnown = dice([() => true, () => false]);
      // An answer may end before what is newest; what is remembered of it must not harm the next.
      if (dice([true, false])) await warm(me, { upto: position - 1, isKnown });
      const found = await warm(me, { upto: position, isKnown });
      const expected = await open()(me, { upto: position, isKnown });
      assert.deepEqual(shown(found.rooms), shown(expected.rooms), `seed ${seed}, position ${position}`);
      assert.deepEqual([...found.byId.keys()].sort(), found.rooms.map((room) => room.roomId).sort());
    }
  }
});

/** What is newest counts in rooms that the person is in. */
function shown(rooms: Awaited<ReturnType<ReturnType<typeof createReadPersonsRooms>>>['rooms']) {
  return rooms.map((room) => ({ ...room, newest: room.membership === 'join' ? room.newest : 0 }));
}
