import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import {
  type Receiver,
  registerUser,
  startReceiver,
  startServer,
  type TestServer,
  type TestUser,
  until,
} from '@sotto/testing';

let server: TestServer;
let gateway: Receiver;
let mira: TestUser;
let tom: TestUser;
let people = 0;
before(async () => {
  server = await startServer();
});
beforeEach(async () => {
  gateway = await startReceiver();
  people++;
  mira = await registerUser(server, `mira${people}`);
  tom = await registerUser(server, `tom${people}`);
});
afterEach(() => gateway.stop());
after(() => server.stop());

const pusher = (more: object = {}, data: object = {}) => ({
  app_id: 'org.example.app',
  pushkey: 'key of tom',
  kind: 'http',
  app_display_name: 'App',
  device_display_name: 'Phone',
  lang: 'en',
  data: { url: `${gateway.url}/_matrix/push/v1/notify`, ...data },
  ...more,
});

/** Has the gateway take what it is told; gives the ids of the events, as they come. */
function takeFromNowOn(): string[] {
  const told: string[] = [];
  gateway.answerWith(({ body }) => {
    told.push(body.notification.event_id);
    return {};
  });
  return told;
}

async function newRoom(): Promise<string> {
  const { room_id: roomId } = await mira.call('POST', '/v3/createRoom', { name: 'Night shift', invite: [tom.userId] });
  await tom.call('POST', `/v3/join/${encodeURIComponent(roomId)}`);
  return roomId;
}

let count = 0;
async function send(from: TestUser, roomId: string, content: object = {}): Promise<string> {
  const path = `/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/txn${count++}`;
  return (await from.call('PUT', path, { msgtype: 'm.text', body: 'Hello', ...content })).event_id;
}

test('a gateway is told of a message in full, with the number of unread ones', async () => {
  const roomId = await newRoom();
  await send(mira, roomId);
  await tom.call('POST', '/v3/pushers/set', pusher({}, { colour: 'green' }));
  await send(tom, roomId);
  const eventId = await send(mira, roomId, { 'm.mentions': { user_ids: [tom.userId] } });
  const { method, path, body } = await gateway.take();
  assert.deepEqual([method, path], ['POST', '/_matrix/push/v1/notify']);
  const { devices, ...notification } = body.notification;
  assert.deepEqual(notification, {
    id: eventId,
    event_id: eventId,
    room_id: roomId,
    type: 'm.room.message',
    sender: mira.userId,
    sender_display_name: `mira${people}`,
    room_name: 'Night shift',
    prio: 'high',
    content: { msgtype: 'm.text', body: 'Hello', 'm.mentions': { user_ids: [tom.userId] } },
    counts: { unread: 2 },
  });
  const [{ pushkey_ts: keyTs, ...device }] = devices;
  assert.ok(Number.isInteger(keyTs) && keyTs > 1_600_000_000 && keyTs < 10_000_000_000);
  assert.deepEqual(device, {
    app_id: 'org.example.app',
    pushkey: 'key of tom',
    data: { colour: 'green' },
    tweaks: { sound: 'default', highlight: true },
  });
});

test('with event_id_only nothing but ids and numbers leaves the server', async () => {
  const roomId = await newRoom();
  await tom.call('POST', '/v3/pushers/set', pusher({}, { format: 'event_id_only' }));
  const eventId = await send(mira, roomId);
  const { notification } = (await gateway.take()).body;
  assert.deepEqual(Object.keys(notification).sort(), ['counts', 'devices', 'event_id', 'prio', 'room_id']);
  assert.deepEqual([notification.event_id, notification.room_id], [eventId, roomId]);
  assert.deepEqual(notification.devices[0].data, { format: 'event_id_only' });
  assert.equal('tweaks' in notification.devices[0], false);
});

test('an invitation is pushed to the one who is invited', async () => {
  await tom.call('POST', '/v3/pushers/set', pusher());
  await mira.call('POST', '/v3/createRoom', { invite: [tom.userId] });
  const { notification } = (await gateway.take()).body;
  assert.equal(notification.type, 'm.room.member');
  assert.deepEqual([notification.user_is_target, notification.membership], [true, 'invite']);
});

test('a room without a name is called by its alias', async () => {
  const { room_id: roomId } = await mira.call('POST', '/v3/createRoom', {
    room_alias_name: `harbour${people}`,
    preset: 'public_chat',
  });
  await tom.call('POST', `/v3/join/${encodeURIComponent(roomId)}`);
  await tom.call('POST', '/v3/pushers/set', pusher());
  await send(mira, roomId, { 'm.mentions': { user_ids: [tom.userId] } });
  const { notification } = (await gateway.take()).body;
  const alias = `#harbour${people}:localhost`;
  assert.deepEqual([notification.room_name, notification.room_alias], [alias, alias]);
});

test('what is read changes the badge', async () => {
  const roomId = await newRoom();
  await tom.call('POST', '/v3/pushers/set', pusher());
  const eventId = await send(mira, roomId);
  assert.deepEqual((await gateway.take()).body.notification.counts, { unread: 1 });
  const path = `/v3/rooms/${encodeURIComponent(roomId)}/receipt/m.read/${encodeURIComponent(eventId)}`;
  await tom.call('POST', path, {});
  const { notification } = (await gateway.take()).body;
  assert.deepEqual(notification.counts, { unread: 0 });
  assert.equal(notification.event_id, undefined);
});

test('a gateway that is away is told later, in order, also over a restart', async () => {
  const roomId = await newRoom();
  await tom.call('POST', '/v3/pushers/set', pusher());
  gateway.answerWith(() => ({ status: 502 }));
  const sent = [await send(mira, roomId), await send(mira, roomId)];
  const eventIdOf = async () => (await gateway.take()).body.notification.event_id;
  assert.equal(await eventIdOf(), sent[0]);
  await server.kill9();
  // A slow machine has it try again more than once before it is killed.
  const before = gateway.received.length;
  await server.restart();
  await until(() => gateway.received.length > before, { what: 'it tries again after the restart' });
  const told = takeFromNowOn();
  await until(() => told.length === sent.length, { what: 'both are told' });
  assert.deepEqual(told, sent);
  const earlier = gateway.received.slice(0, -1);
  assert.ok(earlier.every((each) => each.body.notification.event_id === sent[0]));
});

test('what was read before the gateway came back is no news', async () => {
  const roomId = await newRoom();
  await tom.call('POST', '/v3/pushers/set', pusher({}, { 'org.matrix.msc4076.disable_badge_count': true }));
  const isBack = Promise.withResolvers<void>();
  gateway.answerWith(() => isBack.promise.then(() => ({ status: 502 })));
  const first = await send(mira, roomId);
  await gateway.take();
  const path = `/v3/rooms/${encodeURIComponent(roomId)}/receipt/m.read.private/${encodeURIComponent(first)}`;
  await tom.call('POST', path, {});
  const second = await send(mira, roomId);
  gateway.answerWith(() => ({}));
  isBack.resolve();
  const { notification } = (await gateway.take()).body;
  assert.equal(notification.event_id, second);
  assert.equal(notification.counts, undefined);
});

const pushersOf = async (user: TestUser) => (await user.call('GET', '/v3/pushers')).pushers;

test('a rejected pushkey is told nothing more', async () => {
  const roomId = await newRoom();
  await tom.call('POST', '/v3/pushers/set', pusher());
  gateway.answerWith(() => ({ body: { rejected: ['key of tom'] } }));
  await send(mira, roomId);
  await until(async () => (await pushersOf(tom)).length === 0, { what: 'the pusher is removed' });
  await tom.call('POST', '/v3/pushers/set', pusher({ pushkey: 'new key' }));
  await send(mira, roomId);
  await gateway.take((each) => each.body.notification.devices[0].pushkey === 'new key');
  assert.equal(gateway.received.length, 2);
});

test('pushers are listed as they were set, changed, and removed by kind null', async () => {
  await tom.call('POST', '/v3/pushers/set', pusher({ profile_tag: 'work' }));
  assert.deepEqual(await pushersOf(tom), [pusher({ profile_tag: 'work' })]);
  await tom.call('POST', '/v3/pushers/set', pusher({ lang: 'de' }));
  assert.deepEqual(await pushersOf(tom), [pusher({ lang: 'de' })]);
  assert.deepEqual(await pushersOf(mira), []);
  await tom.call('POST', '/v3/pushers/set', { app_id: 'org.example.app', pushkey: 'key of tom', kind: null });
  assert.deepEqual(await pushersOf(tom), []);
});

test('one app on one phone belongs to one person, unless it asks for more', async () => {
  await tom.call('POST', '/v3/pushers/set', pusher());
  await mira.call('POST', '/v3/pushers/set', pusher({ append: true }));
  assert.equal((await pushersOf(tom)).length, 1);
  await mira.call('POST', '/v3/pushers/set', pusher());
  assert.equal((await pushersOf(tom)).length, 0);
  assert.equal((await pushersOf(mira)).length, 1);
});

test('a pusher goes with the login that set it, and what silenced that device (MSC3890)', async () => {
  const body = {
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: tom.userId },
    password: tom.password,
  };
  const { access_token: token } = (await server.api('POST', '/v3/login', { body })).body;
  await server.api('POST', '/v3/pushers/set', { token, body: pusher() });
  await tom.call('POST', '/v3/pushers/set', pusher({ pushkey: 'another key' }));
  assert.equal((await pushersOf(tom)).length, 2);
  const { device_id: deviceId } = (await server.api('GET', '/v3/account/whoami', { token })).body;
  const settings = `/v3/user/${tom.userId}/account_data/org.matrix.msc3890.local_notification_settings.${deviceId}`;
  await tom.call('PUT', settings, { is_silenced: true });
  assert.equal((await server.api('POST', '/v3/logout', { token, body: {} })).status, 200);
  assert.deepEqual(
    (await pushersOf(tom)).map((each: { pushkey: string }) => each.pushkey),
    ['another key'],
  );
  assert.equal((await tom.api('GET', settings)).status, 404);
});

test('what is missing or wrong is refused', async () => {
  const refused: readonly [object, string][] = [
    [{}, 'M_MISSING_PARAM'],
    [{ app_id: 'a', pushkey: 'b', kind: 'http' }, 'M_MISSING_PARAM'],
    [pusher({ data: {} }), 'M_MISSING_PARAM'],
    [pusher({ kind: 'carrier pigeon' }), 'M_INVALID_PARAM'],
    [pusher({ app_id: 'a'.repeat(65) }), 'M_INVALID_PARAM'],
    [pusher({ pushkey: 'ä'.repeat(300) }), 'M_INVALID_PARAM'],
    [pusher({ lang: 7 }), 'M_INVALID_PARAM'],
    [pusher({ data: 'https://example.org' }), 'M_INVALID_PARAM'],
    [pusher({}, { url: 'https://example.org/elsewhere' }), 'M_INVALID_PARAM'],
    [pusher({}, { url: 'file:///_matrix/push/v1/notify' }), 'M_INVALID_PARAM'],
    [pusher({}, { url: 'https://a:b@example.org/_matrix/push/v1/notify' }), 'M_INVALID_PARAM'],
  ];
  for (const [body, errcode] of refused) {
    const answer = await tom.api('POST', '/v3/pushers/set', { body });
    assert.deepEqual([answer.status, answer.body.errcode], [400, errcode], JSON.stringify(body));
  }
});

test('a gateway in a private network is told nothing where the operator does not allow it', async (t) => {
  const careful = await startServer({ config: { push: { allowPrivateAddresses: false } } });
  t.after(careful.stop);
  const ida = await registerUser(careful, 'ida');
  const ben = await registerUser(careful, 'ben');
  await ben.call('POST', '/v3/pushers/set', pusher());
  const { room_id: roomId } = await ida.call('POST', '/v3/createRoom', { invite: [ben.userId] });
  await ben.call('POST', `/v3/join/${encodeURIComponent(roomId)}`);
  for (let n = 0; n < 3; n++) {
    await ida.call('PUT', `/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/t${n}`, { body: 'Hello' });
  }
  // The third failure is said to the operator: by then the gateway would have been told often enough.
  await until(() => careful.output().includes('a push gateway does not answer'));
  assert.equal(gateway.received.length, 0);
});
