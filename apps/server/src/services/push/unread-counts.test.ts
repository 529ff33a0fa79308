import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonBody, openServerWith, type TestUser } from '@sotto/testing';

const { server, mira, tom } = await openServerWith(['mira', 'tom']);

async function newRoom(): Promise<string> {
  const { room_id: roomId } = await mira.call('POST', '/v3/createRoom', { invite: [tom.userId] });
  await tom.call('POST', `/v3/join/${encodeURIComponent(roomId)}`);
  return roomId;
}

let count = 0;
async function send(
  from: TestUser,
  roomId: string,
  { type = 'm.room.message', ...content }: Record<string, unknown> = {},
): Promise<string> {
  const path = `/v3/rooms/${encodeURIComponent(roomId)}/send/${type}/txn${count++}`;
  return (await from.call('PUT', path, { msgtype: 'm.text', body: 'Hello', ...content })).event_id;
}

const inThread = (root: string) => ({ 'm.relates_to': { rel_type: 'm.thread', event_id: root } });
const mention = (userId: string) => ({ 'm.mentions': { user_ids: [userId] } });
const read = (roomId: string, eventId: string, { type = 'm.read', threadId = '' } = {}) =>
  tom.call('POST', `/v3/rooms/${encodeURIComponent(roomId)}/receipt/${type}/${encodeURIComponent(eventId)}`, {
    ...(threadId !== '' && { thread_id: threadId }),
  });

const byThread = encodeURIComponent(JSON.stringify({ room: { timeline: { unread_thread_notifications: true } } }));
const counts = ({ notification_count, highlight_count }: JsonBody) => [notification_count, highlight_count];

/** What a first sync of tom tells of a room: all of it, its main timeline, and its threads. */
async function unread(roomId: string) {
  const whole = (await tom.call('GET', '/v3/sync')).rooms.join[roomId];
  const split = (await tom.call('GET', `/v3/sync?filter=${byThread}`)).rooms.join[roomId];
  assert.equal('unread_thread_notifications' in whole, false);
  const threads = Object.entries(split.unread_thread_notifications ?? {});
  return {
    total: counts(whole.unread_notifications),
    main: counts(split.unread_notifications),
    threads: Object.fromEntries(threads.map(([root, each]) => [root, counts(each)])),
  };
}

test('messages of others are counted until they are read, own ones never', async () => {
  const roomId = await newRoom();
  assert.deepEqual((await unread(roomId)).total, [0, 0]);
  const first = await send(mira, roomId);
  await send(tom, roomId);
  await send(mira, roomId, mention(tom.userId));
  await send(mira, roomId, { msgtype: 'm.notice' });
  const last = await send(mira, roomId, { type: 'm.room.encrypted' });
  assert.deepEqual((await unread(roomId)).total, [3, 1]);
  await read(roomId, first);
  assert.deepEqual((await unread(roomId)).total, [2, 1]);
  await read(roomId, last, { type: 'm.read.private' });
  assert.deepEqual((await unread(roomId)).total, [0, 0]);
  await send(mira, roomId);
  assert.deepEqual((await unread(roomId)).total, [1, 0]);
});

test('a long poll is told the new count with the message, and the cleared one with the receipt', async () => {
  const roomId = await newRoom();
  const poll = async (since: string) => {
    const answer = await tom.call('GET', `/v3/sync?since=${since}&timeout=55000`);
    return { next: answer.next_batch, count: counts(answer.rooms.join[roomId].unread_notifications) };
  };
  const { next_batch: since } = await tom.call('GET', '/v3/sync');
  const eventId = await send(mira, roomId, mention(tom.userId));
  const told = await poll(since);
  assert.deepEqual(told.count, [1, 1]);
  await read(roomId, eventId, { type: 'm.read.private' });
  const cleared = await poll(told.next);
  assert.deepEqual(cleared.count, [0, 0]);
  await send(mira, roomId);
  assert.deepEqual((await poll(cleared.next)).count, [1, 0]);
});

test('threads are counted apart and cleared apart', async () => {
  const roomId = await newRoom();
  const root = await send(mira, roomId);
  const inside = await send(mira, roomId, { ...inThread(root), ...mention(tom.userId) });
  const reply = await send(mira, roomId, { 'm.relates_to': { rel_type: 'org.example.reply', event_id: inside } });
  const later = await send(mira, roomId);
  assert.deepEqual(await unread(roomId), { total: [4, 1], main: [2, 0], threads: { [root]: [2, 1] } });
  await read(roomId, later, { threadId: 'main' });
  assert.deepEqual(await unread(roomId), { total: [2, 1], main: [0, 0], threads: { [root]: [2, 1] } });
  await server.restart();
  assert.deepEqual(await unread(roomId), { total: [2, 1], main: [0, 0], threads: { [root]: [2, 1] } }, 'counted anew');
  await read(roomId, inside, { threadId: root });
  assert.deepEqual(await unread(roomId), { total: [1, 0], main: [0, 0], threads: { [root]: [1, 0] } });
  await read(roomId, reply, { threadId: root });
  assert.deepEqual(await unread(roomId), { total: [0, 0], main: [0, 0], threads: {} });
  await send(mira, roomId, inThread(root));
  const last = await send(mira, roomId);
  await server.restart();
  assert.deepEqual(await unread(roomId), { total: [2, 0], main: [1, 0], threads: { [root]: [1, 0] } });
  await read(roomId, last);
  assert.deepEqual(await unread(roomId), { total: [0, 0], main: [0, 0], threads: {} });
});

test('nothing from before one joined is unread, nor from before one came back', async () => {
  const { room_id: roomId } = await mira.call('POST', '/v3/createRoom', { preset: 'public_chat' });
  await send(mira, roomId);
  const path = encodeURIComponent(roomId);
  await tom.call('POST', `/v3/join/${path}`);
  assert.deepEqual((await unread(roomId)).total, [0, 0]);
  await send(mira, roomId);
  assert.deepEqual((await unread(roomId)).total, [1, 0]);
  await tom.call('POST', `/v3/rooms/${path}/leave`, {});
  await tom.call('POST', `/v3/join/${path}`);
  assert.deepEqual((await unread(roomId)).total, [0, 0]);
});

test('what is struck out is no longer unread', async () => {
  const roomId = await newRoom();
  const first = await send(mira, roomId);
  await send(mira, roomId);
  assert.deepEqual((await unread(roomId)).total, [2, 0]);
  await mira.call('PUT', `/v3/rooms/${encodeURIComponent(roomId)}/redact/${encodeURIComponent(first)}/r${count++}`, {});
  assert.deepEqual((await unread(roomId)).total, [1, 0]);
});

test('counts follow the rules, whoever is ignored and who may call everyone', async () => {
  const roomId = await newRoom();
  await send(mira, roomId, { 'm.mentions': { room: true } });
  await send(mira, roomId, { body: 'There is cake' });
  assert.deepEqual((await unread(roomId)).total, [2, 1]);
  await tom.call('PUT', '/v3/pushrules/global/content/cake', {
    pattern: 'cake',
    actions: ['notify', { set_tweak: 'highlight' }],
  });
  assert.deepEqual((await unread(roomId)).total, [2, 2]);
  await tom.call('PUT', `/v3/pushrules/global/override/${encodeURIComponent(roomId)}`, {
    conditions: [{ kind: 'event_match', key: 'room_id', pattern: roomId }],
    actions: [],
  });
  assert.deepEqual((await unread(roomId)).total, [0, 0]);
  await tom.call('DELETE', `/v3/pushrules/global/override/${encodeURIComponent(roomId)}`);
  await tom.call('PUT', '/v3/pushrules/global/override/named', {
    conditions: [{ kind: 'contains_display_name' }],
    actions: ['notify', { set_tweak: 'highlight' }],
  });
  await send(mira, roomId, { body: 'Where is tom?' });
  assert.deepEqual((await unread(roomId)).total, [3, 3]);
  const ignoring = { ignored_users: { [mira.userId]: {} } };
  await tom.call('PUT', `/v3/user/${tom.userId}/account_data/m.ignored_user_list`, ignoring);
  assert.deepEqual((await unread(roomId)).total, [0, 0]);
});
