import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom, type JsonBody, openServerWith } from '@sotto/testing';

const roomCount = 150;
const { mira, jon } = await openServerWith(['mira', 'jon']);

test('a first answer of many rooms is of one moment, though it is read while it is sent', async () => {
  const rooms = await Promise.all(Array.from({ length: roomCount }, () => createTestRoom(mira)));
  await Promise.all(rooms.map((room) => room.join(jon)));
  const first = jon.call('GET', '/v3/sync');
  // From the last room to the first, so that some are told of rooms that are still to be read.
  const said = new Map(
    await Promise.all(
      rooms.toReversed().map(async (room) => [room.roomId, await room.say(mira, 'meanwhile')] as const),
    ),
  );
  const answers: JsonBody[] = [await first];
  answers.push(await jon.call('GET', `/v3/sync?since=${answers[0].next_batch}`));
  assert.equal(Object.keys(answers[0].rooms.join).length, roomCount);
  for (const room of rooms) {
    const events = answers.flatMap(({ rooms: { join } }) => join?.[room.roomId]?.timeline.events ?? []);
    const ids = events.map((event: JsonBody) => event.event_id);
    assert.equal(new Set(ids).size, ids.length, 'nothing twice');
    assert.equal(ids.at(-1), said.get(room.roomId), 'nothing left out');
    assert.equal(events[0].type, 'm.room.create');
  }
});
