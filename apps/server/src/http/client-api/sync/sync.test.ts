import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom, type JsonBody, openServerWith } from '@sotto/testing';

const { server, mira } = await openServerWith(['mira']);
const room = await createTestRoom(mira, { name: 'Kitchen' });

const inline = (filter: object) => encodeURIComponent(JSON.stringify(filter));
const bodies = (part: JsonBody) => part.timeline.events.map((event: JsonBody) => event.content.body);

test('sync: all at first, then what is new, and limited where there was more', async () => {
  const own = `/v3/user/${encodeURIComponent(mira.userId)}/filter`;
  const { filter_id: id } = await mira.call('POST', own, { room: { timeline: { limit: 2 } } });
  const first = await mira.call('GET', `/v3/sync?filter=${id}`);
  assert.equal(first.rooms.join[room.roomId].timeline.limited, true);
  assert.ok(first.rooms.join[room.roomId].state.events.some((event: JsonBody) => event.type === 'm.room.create'));
  for (const text of ['one', 'two', 'three']) await room.say(mira, text);
  const next = await mira.call('GET', `/v3/sync?filter=${id}&since=${first.next_batch}`);
  const part = next.rooms.join[room.roomId];
  assert.deepEqual([bodies(part), part.timeline.limited], [['two', 'three'], true]);
  const page = await mira.call('GET', room.at(`messages?dir=b&limit=1&from=${part.timeline.prev_batch}`));
  assert.equal(page.chunk[0].content.body, 'one');
  const quiet = await mira.call('GET', `/v3/sync?filter=${id}&since=${next.next_batch}&timeout=0`);
  assert.deepEqual(quiet.rooms, {});
  const whole = await mira.call('GET', `/v3/sync?since=${next.next_batch}&full_state=true`);
  assert.ok(whole.rooms.join[room.roomId].state.events.length > 3);
});

test('sync: filters choose rooms, types and fields; a poll waits and is woken', async () => {
  const sees = async (filter: object) => (await mira.call('GET', `/v3/sync?filter=${inline(filter)}`)).rooms.join ?? {};
  assert.deepEqual(await sees({ room: { not_rooms: [room.roomId] } }), {});
  const named = await sees({ room: { timeline: { types: ['m.room.name'] }, state: { types: [] } } });
  assert.deepEqual(
    named[room.roomId].timeline.events.map((event: JsonBody) => event.type),
    ['m.room.name'],
  );
  const fields = await sees({ event_fields: ['content.body'], room: { timeline: { limit: 1 } } });
  assert.deepEqual(fields[room.roomId].timeline.events, [{ content: { body: 'three' } }]);
  const { next_batch: since } = await mira.call('GET', '/v3/sync');
  const poll = mira.call('GET', `/v3/sync?since=${since}&timeout=55000`);
  await room.say(mira, 'wake up');
  assert.deepEqual(bodies((await poll).rooms.join[room.roomId]), ['wake up']);
});

test('sync: the state after the timeline, where a client asks for that', async () => {
  const { next_batch: since } = await mira.call('GET', '/v3/sync');
  await room.set(mira, 'm.room.topic', { topic: 'Soup' });
  for (const query of ['use_state_after=true', 'org.matrix.msc4222.use_state_after=true']) {
    const { rooms } = await mira.call('GET', `/v3/sync?since=${since}&${query}`);
    const part = rooms.join[room.roomId];
    const name = query.startsWith('org') ? 'org.matrix.msc4222.state_after' : 'state_after';
    assert.deepEqual(
      part[name].events.map((event: JsonBody) => event.type),
      ['m.room.topic'],
      query,
    );
    assert.equal(part.state, undefined);
  }
});

test('sync: bad input is refused', async () => {
  const queries = ['since=nonsense', 'timeout=soon', 'filter=%7B', 'filter=no-such-filter', 'set_presence=busy'];
  for (const query of queries) {
    const { status, body } = await mira.api('GET', `/v3/sync?${query}`);
    assert.ok(status === 400 || status === 404, `${query}: ${status}`);
    assert.match(body.errcode, /^M_/, query);
  }
  assert.equal((await server.api('GET', '/_matrix/client/v3/sync')).body.errcode, 'M_MISSING_TOKEN');
});
