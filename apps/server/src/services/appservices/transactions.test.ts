import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type BridgeFixture,
  hsToken,
  type JsonBody,
  type Received,
  registerUser,
  startBridge,
  type TestUser,
  until,
} from '@sotto/testing';
import { createTestDevice } from '../keys/key-fixture.ts';

let fixture: BridgeFixture;
let mira: TestUser;
let tom: TestUser;
const botId = '@_bridge_bot:localhost';
const annaId = '@_bridge_anna:localhost';
before(async () => {
  fixture = await startBridge({ registration: { receive_ephemeral: true, 'org.matrix.msc3202': true } });
  mira = await registerUser(fixture.server, 'mira');
  tom = await registerUser(fixture.server, 'tom');
  const type = 'm.login.application_service';
  await fixture.as('POST', '/v3/register', { type, username: '_bridge_anna', device_id: 'PIGEON' });
});
after(() => fixture.stop());

const roomPath = (roomId: string) => `/v3/rooms/${encodeURIComponent(roomId)}`;
let count = 0;
async function send(from: TestUser, roomId: string, body: string): Promise<string> {
  const content = { msgtype: 'm.text', body };
  return (await from.call('PUT', `${roomPath(roomId)}/send/m.room.message/txn${count++}`, content)).event_id;
}

/** A room of mira in which anna of the bridge is. */
async function bridgedRoom(): Promise<string> {
  const { room_id: roomId } = await mira.call('POST', '/v3/createRoom', { invite: [annaId] });
  assert.equal((await fixture.as('POST', `${roomPath(roomId)}/join?user_id=${annaId}`, {})).status, 200);
  return roomId;
}

const eventsOf = (requests: readonly Received[]): JsonBody[] => requests.flatMap(({ body }) => body?.events ?? []);
const isIn = (roomId: string) => (event: JsonBody) => event.room_id === roomId;

test('a bridge is told of the rooms that its people are in, and of no others', async () => {
  const { room_id: privateRoom } = await tom.call('POST', '/v3/createRoom', { name: 'Not for pigeons' });
  const roomId = await bridgedRoom();
  const eventId = await send(mira, roomId, 'Hello, pigeon');
  await send(tom, privateRoom, 'Nobody hears this');
  const event = await fixture.event((each) => each.event_id === eventId);
  assert.equal(event.room_id, roomId);
  assert.equal(event.sender, mira.userId);
  assert.deepEqual(event.content, { msgtype: 'm.text', body: 'Hello, pigeon' });
  const invite = eventsOf(fixture.bridge.received).find(
    (each) => isIn(roomId)(each) && each.state_key === annaId && each.content.membership === 'invite',
  );
  const shown = invite.unsigned.invite_room_state.map((each: JsonBody) => each.type);
  assert.ok(shown.includes('m.room.create') && shown.includes('m.room.join_rules'));
  const [request] = fixture.bridge.received;
  assert.equal(request?.headers.authorization, `Bearer ${hsToken}`);
  assert.match(request?.path ?? '', /^\/_matrix\/app\/v1\/transactions\/\d{20}$/);
  await mira.call('POST', `${roomPath(roomId)}/kick`, { user_id: annaId });
  await send(mira, roomId, 'Gone at last');
  const again = await bridgedRoom();
  const last = await send(mira, again, 'Here again');
  await fixture.event((each) => each.event_id === last);
  const told = eventsOf(fixture.bridge.received);
  const inRoom = told.filter(isIn(roomId));
  assert.equal(inRoom.at(-1).content.membership, 'leave');
  assert.deepEqual(told.filter(isIn(privateRoom)), []);
});

test('what is said while a bridge is away comes later: all, once, in order, over restarts', async () => {
  const { server, bridge } = fixture;
  const roomId = await bridgedRoom();
  await fixture.event((each) => isIn(roomId)(each) && each.content.membership === 'join' && each.sender === annaId);
  bridge.answerWith(() => ({ status: 503 }));
  const sent = [await send(mira, roomId, 'One')];
  const first = await fixture.transaction(({ events }) => events.some((each: JsonBody) => each.event_id === sent[0]));
  for (const text of ['Two', 'Three']) sent.push(await send(mira, roomId, text));
  const repeated = await bridge.take(({ path }) => path === first.path);
  assert.deepEqual(repeated.body, first.body);
  await server.kill9();
  await server.restart();
  for (const text of ['Four', 'Five']) sent.push(await send(mira, roomId, text));
  // Whoever had left meanwhile is told what came before.
  await mira.call('POST', `${roomPath(roomId)}/kick`, { user_id: annaId });
  const taken: Received[] = [];
  bridge.answerWith((request) => {
    taken.push(request);
    return {};
  });
  await fixture.as('GET', '/v3/account/whoami');
  const messages = () => eventsOf(taken).filter((each) => isIn(roomId)(each) && each.type === 'm.room.message');
  await until(() => messages().length === sent.length, { what: 'all messages have arrived' });
  assert.deepEqual(
    messages().map((each) => each.event_id),
    sent,
  );
  const again = taken.find(({ path }) => path === first.path);
  assert.deepEqual(again?.body, first.body);
  assert.equal(new Set(taken.map(({ path }) => path)).size, taken.length);
});

test('typing and receipts come where a bridge asked for them; private receipts of its own people only', async () => {
  const roomId = await bridgedRoom();
  const eventId = await send(mira, roomId, 'Read this');
  await mira.call('PUT', `${roomPath(roomId)}/typing/${mira.userId}`, { typing: true, timeout: 120_000 });
  const hasType = (type: string) => (body: JsonBody) =>
    body.ephemeral?.some((each: JsonBody) => each.type === type && each.room_id === roomId);
  const typing = await fixture.transaction(hasType('m.typing'));
  assert.deepEqual(typing.body.ephemeral, typing.body['de.sorunome.msc2409.ephemeral']);
  const told = typing.body.ephemeral.find((each: JsonBody) => each.type === 'm.typing');
  assert.deepEqual(told, { type: 'm.typing', room_id: roomId, content: { user_ids: [mira.userId] } });
  const read = `${roomPath(roomId)}/receipt/m.read.private/${encodeURIComponent(eventId)}`;
  await mira.call('POST', read, {});
  await fixture.as('POST', `${read}?user_id=${annaId}`, {});
  await mira.call('POST', `${roomPath(roomId)}/receipt/m.read/${encodeURIComponent(eventId)}`, {});
  const receipts = await fixture.transaction(
    (body) => hasType('m.receipt')(body) && JSON.stringify(body.ephemeral).includes('"m.read"'),
  );
  const all = JSON.stringify(
    fixture.bridge.received.flatMap(({ body }) => body?.ephemeral ?? []).filter((each) => each.type === 'm.receipt'),
  );
  assert.match(all, /"m\.read\.private":\{"@_bridge_anna:localhost"/);
  assert.doesNotMatch(all, /"m\.read\.private":\{"@mira/);
  const receipt = receipts.body.ephemeral.find((each: JsonBody) => each.type === 'm.receipt');
  assert.ok(receipt.content[eventId]['m.read'][mira.userId].ts > 0);
});

test('a bridge is told who is there among those whom it meets', async () => {
  await bridgedRoom();
  await tom.call('PUT', `/v3/presence/${tom.userId}/status`, { presence: 'online', status_msg: 'Unseen' });
  await mira.call('PUT', `/v3/presence/${mira.userId}/status`, { presence: 'unavailable', status_msg: 'Having tea' });
  const isTea = (each: JsonBody) => each.type === 'm.presence' && each.content.status_msg === 'Having tea';
  const told = await fixture.transaction(({ ephemeral }) => ephemeral?.some(isTea));
  const { sender, content } = told.body.ephemeral.find(isTea);
  assert.deepEqual([sender, content.presence], [mira.userId, 'unavailable']);
  assert.doesNotMatch(JSON.stringify(fixture.bridge.received.map(({ body }) => body)), /Unseen/);
});

test('to-device messages, key counts and device lists come with the transactions (MSC3202, MSC4203)', async () => {
  const roomId = await bridgedRoom();
  await send(mira, roomId, 'Shall we encrypt?');
  await mira.call('POST', '/v3/keys/upload', { device_keys: createTestDevice(mira).deviceKeys });
  const changed = await fixture.transaction((body) =>
    body['org.matrix.msc3202.device_lists']?.changed.includes(mira.userId),
  );
  assert.deepEqual(changed.body['org.matrix.msc3202.device_lists'].left, []);
  const pigeon = createTestDevice({ userId: annaId, deviceId: 'PIGEON' });
  const device = `user_id=${annaId}&device_id=PIGEON`;
  const uploaded = { device_keys: pigeon.deviceKeys, one_time_keys: pigeon.claimable(0, 3) };
  assert.equal((await fixture.as('POST', `/v3/keys/upload?${device}`, uploaded)).status, 200);
  const content = { secret: 'for one device' };
  await mira.call('PUT', '/v3/sendToDevice/org.example.note/t1', { messages: { [annaId]: { PIGEON: content } } });
  const told = await fixture.transaction((body) => body.to_device !== undefined);
  const message = { type: 'org.example.note', sender: mira.userId, content };
  assert.deepEqual(told.body.to_device, [{ ...message, to_user_id: annaId, to_device_id: 'PIGEON' }]);
  assert.deepEqual(told.body['de.sorunome.msc2409.to_device'], told.body.to_device);
  const counts = told.body['org.matrix.msc3202.device_one_time_key_counts'];
  assert.deepEqual(counts[annaId].PIGEON, { signed_curve25519: 3 });
  assert.deepEqual(told.body['org.matrix.msc3202.device_unused_fallback_key_types'][annaId].PIGEON, []);
  const left = await until(
    async () => {
      const { body } = await fixture.as('GET', `/v3/sync?${device}`);
      return body.to_device === undefined || body.to_device.events.length === 0;
    },
    { what: 'the message is gone once the bridge has it' },
  );
  assert.equal(left, true);
});

test('device lists: whom the bridge shares no room with any longer is said (MSC3202)', async () => {
  const [ulla, vera] = [await registerUser(fixture.server, 'ulla'), await registerUser(fixture.server, 'vera')];
  const leftOf = (userId: string) => (body: JsonBody) =>
    body['org.matrix.msc3202.device_lists']?.left.includes(userId) === true;
  const meet = async () => {
    const { room_id: roomId } = await ulla.call('POST', '/v3/createRoom', { preset: 'public_chat', invite: [annaId] });
    assert.equal((await fixture.as('POST', `${roomPath(roomId)}/join?user_id=${annaId}`, {})).status, 200);
    await vera.call('POST', `${roomPath(roomId)}/join`, {});
    return roomId;
  };
  const [one, two] = [await meet(), await meet()];
  await vera.call('POST', `${roomPath(one)}/leave`, {});
  await vera.call('POST', `${roomPath(two)}/leave`, {});
  const { body } = await fixture.transaction(leftOf(vera.userId));
  assert.deepEqual(body['org.matrix.msc3202.device_lists'].left, [vera.userId]);
  const leaves = body.events.filter((event: JsonBody) => event.state_key === vera.userId);
  assert.ok(leaves.some(isIn(two)), 'told although they still shared a room');
  // The bridge's own person leaves: those who stay are out of its sight, unless they are elsewhere with it.
  await fixture.as('POST', `${roomPath(one)}/leave?user_id=${annaId}`, {});
  await fixture.as('POST', `${roomPath(two)}/leave?user_id=${annaId}`, {});
  await fixture.transaction(leftOf(ulla.userId));
});

test('an unknown person of the namespace is asked for when somebody invites them', async () => {
  const { bridge } = fixture;
  bridge.answerWith(async ({ method, path }) => {
    if (method === 'GET' && path === `/_matrix/app/v1/users/${encodeURIComponent('@_bridge_ghost:localhost')}`) {
      await fixture.as('POST', '/v3/register', { type: 'm.login.application_service', username: '_bridge_ghost' });
    }
    return {};
  });
  const { room_id: roomId } = await mira.call('POST', '/v3/createRoom', { invite: ['@_bridge_ghost:localhost'] });
  await fixture.event((each) => isIn(roomId)(each) && each.state_key === '@_bridge_ghost:localhost');
  const joined = await fixture.as('POST', `${roomPath(roomId)}/join?user_id=@_bridge_ghost:localhost`, {});
  assert.equal(joined.status, 200);
});

test('an unknown alias of the namespace is asked for, and its room found', async () => {
  const { bridge } = fixture;
  bridge.answerWith(async ({ method, path }) => {
    if (method !== 'GET' || !path.startsWith('/_matrix/app/v1/rooms/')) return {};
    if (!path.includes('loft')) return { status: 404, body: { errcode: 'M_NOT_FOUND' } };
    await fixture.as('POST', '/v3/createRoom', { preset: 'public_chat', room_alias_name: '_bridge_loft' });
    return {};
  });
  const joined = await tom.api('POST', `/v3/join/${encodeURIComponent('#_bridge_loft:localhost')}`);
  assert.equal(joined.status, 200);
  const missing = await tom.api('GET', `/v3/directory/room/${encodeURIComponent('#_bridge_cellar:localhost')}`);
  assert.deepEqual([missing.status, missing.body.errcode], [404, 'M_NOT_FOUND']);
  const members = await tom.call('GET', `${roomPath(joined.body.room_id)}/joined_members`);
  assert.deepEqual(Object.keys(members.joined).sort(), [botId, tom.userId].sort());
});
