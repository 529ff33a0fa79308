import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { asToken, type BridgeFixture, registerUser, said, startBridge, startServer } from '@sotto/testing';

let fixture: BridgeFixture;
before(async () => {
  const other = {
    id: 'other',
    url: null,
    as_token: 'token of the other',
    hs_token: 'secret',
    sender_localpart: 'other_bot',
    namespaces: { users: [{ exclusive: false, regex: '@open_.*' }], aliases: [], rooms: [] },
  };
  fixture = await startBridge({ others: [other] });
});
after(() => fixture.stop());

const type = 'm.login.application_service';

test('a bridge makes accounts in its namespace, without a password and without more', async () => {
  const { as, server } = fixture;
  const made = await as('POST', '/v3/register', { type, username: '_bridge_anna', device_id: 'PIGEON' });
  assert.equal(made.status, 200);
  assert.equal(made.body.user_id, '@_bridge_anna:localhost');
  assert.equal(made.body.device_id, 'PIGEON');
  const whoami = await server.api('GET', '/v3/account/whoami', { token: made.body.access_token });
  assert.equal(whoami.body.user_id, '@_bridge_anna:localhost');
  const quiet = await as('POST', '/v3/register', { type, username: '_bridge_Ben', inhibit_login: true });
  assert.deepEqual([quiet.status, quiet.body.user_id], [200, '@_bridge_Ben:localhost']);
  assert.equal(quiet.body.access_token, undefined);
  assert.deepEqual(said(await as('POST', '/v3/register', { type, username: '_bridge_anna' })), [400, 'M_USER_IN_USE']);
  assert.deepEqual(said(await as('POST', '/v3/register', { type, username: 'anna' })), [400, 'M_EXCLUSIVE']);
  assert.deepEqual(said(await as('POST', '/v3/register', { type, username: 'open_anna' })), [400, 'M_EXCLUSIVE']);
  assert.deepEqual(said(await as('POST', '/v3/register', { type })), [400, 'M_MISSING_PARAM']);
  const body = { type, username: '_bridge_cleo' };
  assert.deepEqual(said(await server.api('POST', '/v3/register', { body })), [401, 'M_MISSING_TOKEN']);
  assert.deepEqual(said(await server.api('POST', '/v3/register', { token: 'wrong', body })), [401, 'M_UNKNOWN_TOKEN']);
});

test('nobody else takes names of an exclusive namespace; open ones are for everyone', async () => {
  const { server } = fixture;
  const taken = { username: '_bridge_dora', password: 'long enough', auth: { type: 'm.login.dummy' } };
  assert.deepEqual(said(await server.api('POST', '/v3/register', { body: taken })), [400, 'M_EXCLUSIVE']);
  const available = await server.api('GET', '/v3/register/available?username=_bridge_dora');
  assert.deepEqual(said(available), [400, 'M_EXCLUSIVE']);
  const bot = await server.api('GET', '/v3/register/available?username=other_bot');
  assert.equal(bot.status, 400);
  assert.equal((await registerUser(server, 'open_dora')).userId, '@open_dora:localhost');
});

test('a bridge logs its people in', async () => {
  const { as, server } = fixture;
  await as('POST', '/v3/register', { type, username: '_bridge_emil', inhibit_login: true });
  const logIn = (user: string) => as('POST', '/v3/login', { type, identifier: { type: 'm.id.user', user } });
  const login = await logIn('_bridge_emil');
  assert.equal(login.status, 200);
  const { access_token: token, device_id: deviceId } = login.body;
  const { body } = await server.api('GET', '/v3/account/whoami', { token });
  assert.deepEqual([body.user_id, body.device_id], ['@_bridge_emil:localhost', deviceId]);
  assert.equal((await logIn('@_bridge_emil:localhost')).status, 200);
  const mira = await registerUser(server, 'mira');
  assert.deepEqual(said(await logIn(mira.userId)), [400, 'M_EXCLUSIVE']);
  assert.deepEqual(said(await logIn('_bridge_nobody')), [403, 'M_FORBIDDEN']);
  const identifier = { type: 'm.id.user', user: '_bridge_emil' };
  const asPerson = await mira.api('POST', '/v3/login', { body: { type, identifier } });
  assert.deepEqual(said(asPerson), [401, 'M_UNKNOWN_TOKEN']);
  const { flows } = (await server.api('GET', '/v3/login')).body;
  assert.ok(flows.some((flow: { type: string }) => flow.type === type));
});

test('a bridge speaks as its people and their devices, and as nobody else', async () => {
  const { as, server } = fixture;
  await as('POST', '/v3/register', { type, username: '_bridge_fred', device_id: 'FREDS' });
  const whoami = async (query: string) => as('GET', `/v3/account/whoami?${query}`);
  assert.equal((await whoami('')).body.user_id, '@_bridge_bot:localhost');
  const fred = await whoami('user_id=@_bridge_fred:localhost');
  assert.deepEqual([fred.body.user_id, fred.body.device_id], ['@_bridge_fred:localhost', undefined]);
  for (const name of ['device_id', 'org.matrix.msc3202.device_id']) {
    const device = await whoami(`user_id=@_bridge_fred:localhost&${name}=FREDS`);
    assert.deepEqual([device.status, device.body.device_id], [200, 'FREDS']);
  }
  const unknown = await whoami('user_id=@_bridge_fred:localhost&device_id=NOBODYS');
  assert.deepEqual(said(unknown), [400, 'M_UNKNOWN_DEVICE']);
  const tom = await registerUser(server, 'tom');
  assert.deepEqual(said(await whoami(`user_id=${tom.userId}`)), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await whoami('user_id=@_bridge_ghost:localhost')), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await whoami('user_id=@_bridge_x:elsewhere.example')), [403, 'M_FORBIDDEN']);
  const inQuery = await server.api('GET', `/v3/account/whoami?access_token=${encodeURIComponent(asToken)}`);
  assert.equal(inQuery.body.user_id, '@_bridge_bot:localhost');
  const put = await as('PUT', '/v3/devices/NEWONE?user_id=@_bridge_fred:localhost', { display_name: 'New' });
  assert.equal(put.status, 201);
  assert.equal((await whoami('user_id=@_bridge_fred:localhost&device_id=NEWONE')).status, 200);
  const gone = await as('DELETE', '/v3/devices/NEWONE?user_id=@_bridge_fred:localhost', {});
  assert.equal(gone.status, 200);
});

test('a bridge says when something was sent; others are not believed', async () => {
  const { as, server } = fixture;
  const { room_id: roomId } = (await as('POST', '/v3/createRoom', {})).body;
  const room = `/v3/rooms/${encodeURIComponent(roomId)}`;
  const timeOf = async (eventId: string) =>
    (await as('GET', `${room}/event/${encodeURIComponent(eventId)}`)).body.origin_server_ts;
  const message = { msgtype: 'm.text', body: 'Hello' };
  const sent = await as('PUT', `${room}/send/m.room.message/t1?ts=1234567`, message);
  assert.equal(await timeOf(sent.body.event_id), 1234567);
  const topic = await as('PUT', `${room}/state/m.room.topic?ts=2345678`, { topic: 'Pigeons' });
  assert.equal(await timeOf(topic.body.event_id), 2345678);
  const name = { membership: 'join', displayname: 'Bot' };
  const member = await as('PUT', `${room}/state/m.room.member/@_bridge_bot:localhost?ts=3456789`, name);
  assert.equal(await timeOf(member.body.event_id), 3456789);
  for (const ts of ['soon', '-1', '1.5', '99999999999999999']) {
    const answer = await as('PUT', `${room}/send/m.room.message/t2?ts=${ts}`, message);
    assert.deepEqual(said(answer), [400, 'M_INVALID_PARAM'], ts);
  }
  const ida = await registerUser(server, 'ida');
  const own = await ida.call('POST', '/v3/createRoom', {});
  const place = `/v3/rooms/${encodeURIComponent(own.room_id)}`;
  const { event_id: id } = await ida.call('PUT', `${place}/send/m.room.message/t1?ts=1`, message);
  const event = await ida.call('GET', `${place}/event/${encodeURIComponent(id)}`);
  assert.ok(event.origin_server_ts > 1_600_000_000_000);
});

test('aliases of a namespace belong to the bridge', async () => {
  const { as, server } = fixture;
  const mira = await registerUser(server, 'greta');
  const { room_id: roomId } = await mira.call('POST', '/v3/createRoom', {});
  const place = (alias: string) => `/v3/directory/room/${encodeURIComponent(alias)}`;
  const body = { room_id: roomId };
  const refused = await mira.api('PUT', place('#_bridge_loft:localhost'), { body });
  assert.deepEqual(said(refused), [400, 'M_EXCLUSIVE']);
  assert.deepEqual(said(await as('PUT', place('#loft:localhost'), body)), [400, 'M_EXCLUSIVE']);
  assert.equal((await as('PUT', place('#_bridge_loft:localhost'), body)).status, 200);
  assert.deepEqual(said(await mira.api('DELETE', place('#_bridge_loft:localhost'))), [400, 'M_EXCLUSIVE']);
  const created = await mira.api('POST', '/v3/createRoom', { body: { room_alias_name: '_bridge_attic' } });
  assert.deepEqual(said(created), [400, 'M_EXCLUSIVE']);
});

test('a bad registration file is refused at the start, with every reason', async () => {
  await assert.rejects(
    startServer({ config: { applicationServices: ['/nowhere/irc.yaml', '/nowhere/mail.yaml'] } }),
    (error: Error) => {
      assert.match(error.message, /applicationServices: \/nowhere\/irc\.yaml: there is no such file/);
      assert.match(error.message, /applicationServices: \/nowhere\/mail\.yaml: there is no such file/);
      return true;
    },
  );
});

test('nothing limits how fast a bridge makes its people; others are limited', async (t) => {
  const limited = await startBridge({ config: { 'rateLimits.enabled': true } });
  t.after(limited.stop);
  const statuses = async (ask: (index: number) => Promise<{ status: number }>) => {
    const answers: number[] = [];
    for (let index = 0; index < 60; index++) answers.push((await ask(index)).status);
    return new Set(answers);
  };
  const own = { type, inhibit_login: true };
  const made = await statuses((index) => limited.as('POST', '/v3/register', { ...own, username: `_bridge_${index}` }));
  assert.deepEqual(made, new Set([200]));
  const asked = await statuses((index) =>
    limited.server.api('POST', '/v3/register', { body: { username: `p${index}` } }),
  );
  assert.ok(asked.has(429));
});

test('what belongs to a device needs one', async () => {
  const { as } = fixture;
  const body = { one_time_keys: {} };
  assert.deepEqual(said(await as('POST', '/v3/keys/upload', body)), [400, 'M_UNKNOWN']);
});
