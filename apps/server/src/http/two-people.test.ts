import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServerWith, registerUser } from '@sotto/testing';

const { server } = await openServerWith([]);

test('two people talk: create, invite, join, send, long-poll, page back', async () => {
  const mira = await registerUser(server, 'mira');
  const tom = await registerUser(server, 'tom');
  const created = await mira.api('POST', '/v3/createRoom', { body: { name: 'Night shift', invite: [tom.userId] } });
  assert.equal(created.status, 200, JSON.stringify(created.body));
  const roomId = created.body.room_id;
  assert.match(roomId, /^![A-Za-z0-9_-]{43}$/);

  const invited = await tom.api('GET', '/v3/sync');
  const stripped = invited.body.rooms.invite[roomId].invite_state.events;
  assert.ok(stripped.some((event: { type: string }) => event.type === 'm.room.name'));
  assert.equal((await tom.api('POST', `/v3/join/${encodeURIComponent(roomId)}`)).status, 200);

  const first = await tom.api('GET', '/v3/sync');
  const since = first.body.next_batch;
  assert.equal(first.body.rooms.join[roomId].summary['m.joined_member_count'], 2);
  const poll = tom.api('GET', `/v3/sync?since=${since}&timeout=55000`);
  const path = `/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/txn1`;
  const sent = await mira.api('PUT', path, { body: { msgtype: 'm.text', body: 'Good evening' } });
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  const again = await mira.api('PUT', path, { body: { msgtype: 'm.text', body: 'Good evening' } });
  assert.equal(again.body.event_id, sent.body.event_id);
  const arrived = (await poll).body.rooms.join[roomId].timeline.events;
  assert.deepEqual(
    arrived.map((event: { event_id: string; content: { body: string } }) => [event.event_id, event.content.body]),
    [[sent.body.event_id, 'Good evening']],
  );

  const page = await tom.api('GET', `/v3/rooms/${encodeURIComponent(roomId)}/messages?dir=b&limit=100`);
  assert.equal(page.body.chunk[0].event_id, sent.body.event_id);
  assert.equal(page.body.chunk.at(-1).type, 'm.room.create');
  const mine = await mira.api('GET', `/v3/sync`);
  const own = mine.body.rooms.join[roomId].timeline.events.at(-1);
  assert.equal(own.unsigned.transaction_id, 'txn1');
});
