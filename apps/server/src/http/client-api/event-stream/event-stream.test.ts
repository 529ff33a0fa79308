import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom, type JsonBody, openServerWith, registerUser, type TestUser } from '@sotto/testing';

const { server, mira, tom, eve } = await openServerWith(['mira', 'tom', 'eve'], { config: { 'guests.enabled': true } });

const quote = encodeURIComponent;
const bodies = (events: JsonBody[]) => events.map((event) => event.content.body).filter((body) => body !== undefined);
const ofType = (events: JsonBody[], type: string) => events.filter((event) => event.type === type);
const worldReadable = {
  initial_state: [
    { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'world_readable' } },
  ],
};
const refusal = ({ status, body }: { status: number; body: JsonBody }) => [status, body.errcode];

test('the first picture has rooms, invites, receipts, tags and presence', async () => {
  const room = await createTestRoom(mira, { name: 'Harbour', visibility: 'public' });
  const last = await room.say(mira, 'Second');
  await mira.call('POST', room.at(`receipt/m.read/${quote(last)}`), {});
  await mira.call('PUT', `/v3/user/${quote(mira.userId)}/rooms/${quote(room.roomId)}/tags/work`, { order: 1 });
  const { room_id: invitedTo } = await tom.call('POST', '/v3/createRoom', { invite: [mira.userId] });
  const answer = await mira.call('GET', '/v3/initialSync?limit=1');
  const found = answer.rooms.find((each: JsonBody) => each.room_id === room.roomId);
  assert.deepEqual([found.membership, found.visibility, bodies(found.messages.chunk)], ['join', 'public', ['Second']]);
  assert.equal(found.messages.chunk[0].user_id, mira.userId);
  assert.deepEqual(found.account_data, [{ type: 'm.tag', content: { tags: { work: { order: 1 } } } }]);
  assert.ok(found.state.some((event: JsonBody) => event.type === 'm.room.name' && event.room_id === room.roomId));
  const invite = answer.rooms.find((each: JsonBody) => each.room_id === invitedTo);
  assert.deepEqual([invite.membership, invite.inviter, invite.invite.sender], ['invite', tom.userId, tom.userId]);
  assert.deepEqual([invite.messages, invite.state], [undefined, undefined]);
  const receipt = answer.receipts.find((each: JsonBody) => each.room_id === room.roomId);
  assert.ok(receipt.content[last]['m.read'][mira.userId].ts > 0);
  assert.ok(answer.presence.some((each: JsonBody) => each.content.user_id === mira.userId));
  assert.ok(ofType(answer.account_data, 'm.push_rules').length === 1);
  const before = await mira.call('GET', room.at(`messages?dir=b&limit=1&from=${found.messages.start}`));
  assert.equal(before.chunk[0].type, 'm.room.name');
  const none = await mira.call('GET', '/v3/initialSync?limit=0');
  assert.deepEqual(none.rooms.find((each: JsonBody) => each.room_id === room.roomId).messages.chunk, []);
});

test('a room that was left is shown as it was then', async () => {
  const room = await createTestRoom(mira);
  await room.join(tom);
  await room.set(mira, 'org.example.fact', { body: 'before' });
  await room.say(mira, 'Before');
  await room.leave(tom);
  await room.set(mira, 'org.example.fact', { body: 'after' });
  await room.say(mira, 'After');
  const there = (rooms: JsonBody[]) => rooms.find((each) => each.room_id === room.roomId);
  assert.equal(there((await tom.call('GET', '/v3/initialSync')).rooms), undefined);
  const archived = there((await tom.call('GET', '/v3/initialSync?archived=true&limit=2')).rooms);
  const alone = await tom.call('GET', room.at('initialSync?limit=2'));
  for (const shown of [archived, alone]) {
    assert.equal(shown.membership, 'leave');
    assert.deepEqual(bodies(shown.messages.chunk), ['Before']);
    assert.deepEqual(bodies(ofType(shown.state, 'org.example.fact')), ['before']);
  }
  assert.deepEqual([alone.presence, alone.receipts], [[], []]);
});

test('a stranger sees a room only where everybody may read it', async () => {
  const room = await createTestRoom(mira);
  await room.say(mira, 'Private');
  const guest = (await server.api('POST', '/v3/register?kind=guest', { body: {} })).body.access_token;
  const asGuest = async (path: string) => server.api('GET', path, { token: guest });
  const listen = (from = '') => `/v3/events?timeout=0&room_id=${quote(room.roomId)}${from}`;
  for (const path of [room.at('initialSync'), listen()]) {
    assert.deepEqual(refusal(await eve.api('GET', path)), [403, 'M_FORBIDDEN']);
    assert.deepEqual(refusal(await asGuest(path)), [403, 'M_FORBIDDEN']);
  }
  const unknown = quote('!nowhere:localhost');
  assert.deepEqual(refusal(await eve.api('GET', `/v3/rooms/${unknown}/initialSync`)), [403, 'M_FORBIDDEN']);
  await room.set(mira, 'm.room.history_visibility', { history_visibility: 'world_readable' });
  await room.say(mira, 'Public');
  const shown = await eve.call('GET', room.at('initialSync'));
  assert.deepEqual([shown.membership, bodies(shown.messages.chunk)], [undefined, ['Public']]);
  assert.equal(shown.messages.chunk.length, 2);
  const { end } = (await asGuest(listen())).body;
  const sent = await room.say(mira, 'News');
  assert.deepEqual(bodies((await asGuest(listen(`&from=${end}`))).body.chunk), ['News']);
  await mira.call('POST', room.at(`receipt/m.read/${quote(sent)}`), {});
  await mira.call('PUT', room.at(`typing/${quote(mira.userId)}`), { typing: true, timeout: 120_000 });
  const { chunk } = (await asGuest(listen(`&from=${end}`))).body;
  assert.ok(ofType(chunk, 'm.receipt')[0].content[sent]['m.read'][mira.userId]);
  assert.deepEqual(ofType(chunk, 'm.typing'), [
    { type: 'm.typing', room_id: room.roomId, content: { user_ids: [mira.userId] } },
  ]);
  await room.set(mira, 'm.room.history_visibility', { history_visibility: 'joined' });
  assert.deepEqual(refusal(await asGuest(listen(`&from=${end}`))), [403, 'M_FORBIDDEN']);
  assert.deepEqual(refusal(await asGuest('/v3/events?timeout=0')), [403, 'M_GUEST_ACCESS_FORBIDDEN']);
});

test('who was put out of a room hears nothing more of it, and who only looks in hears of nobody', async () => {
  const room = await createTestRoom(mira);
  await room.join(tom);
  await room.join(eve);
  const { end: from } = await tom.call('GET', '/v3/events?timeout=0');
  await mira.call('POST', room.at('ban'), { user_id: tom.userId });
  await room.leave(eve);
  const sent = await room.say(mira, 'Among ourselves');
  await mira.call('POST', room.at(`receipt/m.read/${quote(sent)}`), {});
  await mira.call('PUT', room.at(`typing/${quote(mira.userId)}`), { typing: true, timeout: 120_000 });
  await mira.call('PUT', `/v3/presence/${quote(mira.userId)}/status`, { presence: 'online', status_msg: 'Relieved' });
  const listen = `/v3/events?timeout=0&room_id=${quote(room.roomId)}&from=${from}`;
  const kinds = async (who: TestUser) =>
    [...new Set((await who.call('GET', listen)).chunk.map((event: JsonBody) => event.type))].sort();
  assert.deepEqual(await kinds(mira), ['m.presence', 'm.receipt', 'm.room.member', 'm.room.message', 'm.typing']);
  assert.deepEqual(await kinds(tom), ['m.room.member']);
  assert.deepEqual(await kinds(eve), ['m.room.member']);
  await room.set(mira, 'm.room.history_visibility', { history_visibility: 'world_readable' });
  const outside = await kinds(eve);
  assert.ok(outside.includes('m.typing') && outside.includes('m.receipt'));
  assert.ok(!outside.includes('m.presence'));
});

test('the stream tells what is new, in order and in parts', async () => {
  const [room, foreign] = [await createTestRoom(mira), await createTestRoom(eve, worldReadable)];
  await room.join(tom);
  const { end: start } = await tom.call('GET', '/v3/events?timeout=0');
  const sent: string[] = [];
  for (let number = 0; number < 12; number++) {
    sent.push(await room.say(mira, `Number ${number}`));
    await foreign.say(eve, 'Elsewhere');
  }
  const told: string[] = [];
  let token = start;
  for (let part = 0; told.length < 12 && part < 5; part++) {
    const { chunk, start: began, end } = await tom.call('GET', `/v3/events?timeout=0&limit=5&from=${token}`);
    assert.equal(began, token);
    assert.ok(chunk.length > 0);
    told.push(...ofType(chunk, 'm.room.message').map((event) => event.event_id));
    token = end;
  }
  assert.deepEqual(told, sent);
  await tom.call('PUT', `/v3/user/${quote(tom.userId)}/rooms/${quote(room.roomId)}/tags/home`, {});
  const tags = ofType((await tom.call('GET', `/v3/events?timeout=0&from=${token}`)).chunk, 'm.tag');
  assert.deepEqual(tags, [{ type: 'm.tag', content: { tags: { home: {} } }, room_id: room.roomId }]);
});

test('the stream waits for a message, an invite, or its time', async () => {
  // Of who never listens nobody is told that they come or go, which would be news as well.
  const [speaker, listener] = [await registerUser(server, 'speaker'), await registerUser(server, 'listener')];
  const room = await createTestRoom(speaker);
  await room.join(listener);
  const { end } = await listener.call('GET', '/v3/events?timeout=0');
  const quiet = await listener.call('GET', `/v3/events?timeout=50&from=${end}`);
  const waiting = listener.call('GET', `/v3/events?timeout=55000&from=${quiet.end}`);
  await room.say(speaker, 'Awake');
  const woken = await waiting;
  assert.deepEqual(bodies(woken.chunk), ['Awake']);
  const { room_id: invitedTo } = await speaker.call('POST', '/v3/createRoom', { invite: [listener.userId] });
  const { chunk } = await listener.call('GET', `/v3/events?timeout=55000&from=${woken.end}`);
  assert.deepEqual(
    ofType(chunk, 'm.room.member').map((event) => [event.room_id, event.content.membership]),
    [[invitedTo, 'invite']],
  );
  for (const query of ['from=nonsense', 'from=s99999999', 'timeout=soon', 'limit=0'])
    assert.deepEqual(refusal(await tom.api('GET', `/v3/events?${query}`)), [400, 'M_INVALID_PARAM']);
});

test('one event is found by its id alone, by those who may read it', async () => {
  const room = await createTestRoom(mira);
  const eventId = await room.say(mira, 'Found');
  const found = await mira.call('GET', `/v3/events/${quote(eventId)}`);
  assert.deepEqual([found.event_id, found.room_id, found.content.body], [eventId, room.roomId, 'Found']);
  assert.deepEqual(refusal(await eve.api('GET', `/v3/events/${quote(eventId)}`)), [404, 'M_NOT_FOUND']);
  assert.deepEqual(refusal(await mira.api('GET', '/v3/events/$nothing')), [404, 'M_NOT_FOUND']);
});
