import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { type BridgeFixture, hsToken, registerUser, said, startBridge, type TestUser } from '@sotto/testing';

let fixture: BridgeFixture;
let mira: TestUser;
before(async () => {
  const silent = {
    id: 'silent',
    url: null,
    as_token: 'token of the silent',
    hs_token: 'secret',
    sender_localpart: 'silent_bot',
    namespaces: {},
    protocols: ['smoke'],
  };
  fixture = await startBridge({ others: [silent] });
  mira = await registerUser(fixture.server, 'mira');
});
beforeEach(() => fixture.bridge.answerWith(() => ({})));
after(() => fixture.stop());

test('a ping goes to the bridge and back', async () => {
  const { as, bridge, server } = fixture;
  const answer = await as('POST', '/v1/appservice/bridge/ping', { transaction_id: 'meow' });
  assert.equal(answer.status, 200);
  assert.ok(Number.isInteger(answer.body.duration_ms));
  const ping = await bridge.take(({ path }) => path === '/_matrix/app/v1/ping');
  assert.deepEqual([ping.method, ping.body], ['POST', { transaction_id: 'meow' }]);
  assert.equal(ping.headers.authorization, `Bearer ${hsToken}`);
  bridge.answerWith(() => ({ status: 403, body: { errcode: 'M_FORBIDDEN' } }));
  const refused = await as('POST', '/v1/appservice/bridge/ping', {});
  assert.deepEqual(said(refused), [502, 'M_BAD_STATUS']);
  assert.deepEqual([refused.body.status, refused.body.body], [403, '{"errcode":"M_FORBIDDEN"}']);
  assert.deepEqual(said(await as('POST', '/v1/appservice/silent/ping', {})), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await mira.api('POST', '/v1/appservice/bridge/ping', { body: {} })), [403, 'M_FORBIDDEN']);
  const quiet = { token: 'token of the silent', body: {} };
  assert.deepEqual(said(await server.api('POST', '/v1/appservice/silent/ping', quiet)), [400, 'M_URL_NOT_SET']);
});

test('networks are told as their bridges tell them', async () => {
  const { bridge } = fixture;
  const protocol = {
    user_fields: ['name'],
    location_fields: ['loft'],
    icon: 'mxc://localhost/pigeon',
    field_types: {},
    instances: [{ desc: 'Pigeons', network_id: 'city', fields: {} }, { desc: 'Doves' }],
  };
  bridge.answerWith(({ path }) =>
    path === '/_matrix/app/v1/thirdparty/protocol/pigeon' ? { body: protocol } : { status: 404 },
  );
  const [city, doves] = protocol.instances;
  const told = { ...protocol, instances: [{ ...city, instance_id: 'bridge|city' }, doves] };
  assert.deepEqual(await mira.call('GET', '/v3/thirdparty/protocols'), { pigeon: told });
  assert.deepEqual(await mira.call('GET', '/v3/thirdparty/protocol/pigeon'), told);
  for (const name of ['smoke', 'drums']) {
    assert.deepEqual(said(await mira.api('GET', `/v3/thirdparty/protocol/${name}`)), [404, 'M_NOT_FOUND']);
  }
});

test('people and places of a network are looked up, also by an older bridge', async () => {
  const { bridge } = fixture;
  const user = { userid: '@_bridge_anna:localhost', protocol: 'pigeon', fields: { name: 'Anna' } };
  const loft = { alias: '#_bridge_loft:localhost', protocol: 'pigeon', fields: { loft: 'roof' } };
  bridge.answerWith(({ path }) => {
    if (path.startsWith('/_matrix/app/v1/thirdparty/')) return { status: 404, body: { errcode: 'M_UNRECOGNIZED' } };
    const url = new URL(path, 'http://localhost');
    const asked = `${url.pathname.replace('/_matrix/app/unstable/thirdparty/', '')}?${url.searchParams}`;
    if (asked === 'user/pigeon?name=Anna' || asked === 'user?userid=%40_bridge_anna%3Alocalhost')
      return { body: [user] };
    if (asked === 'location/pigeon?loft=roof' || asked === 'location?alias=%23_bridge_loft%3Alocalhost')
      return { body: [loft] };
    return { body: [] };
  });
  const get = (path: string) => mira.call('GET', `/v3/thirdparty/${path}`);
  assert.deepEqual(await get('user/pigeon?name=Anna'), [user]);
  assert.deepEqual(await get('location/pigeon?loft=roof'), [loft]);
  assert.deepEqual(await get(`user?userid=${encodeURIComponent(user.userid)}`), [user]);
  assert.deepEqual(await get(`location?alias=${encodeURIComponent(loft.alias)}`), [loft]);
  const refused = [
    'user/pigeon?name=Ben',
    'user/drums',
    'user?userid=@tom:localhost',
    'location?alias=%23tom:localhost',
  ];
  for (const path of refused) {
    assert.deepEqual(said(await mira.api('GET', `/v3/thirdparty/${path}`)), [404, 'M_NOT_FOUND'], path);
  }
  assert.deepEqual(said(await mira.api('GET', '/v3/thirdparty/user')), [400, 'M_MISSING_PARAM']);
});

test('a bridge has a list of rooms of its own', async () => {
  const { as } = fixture;
  const { room_id: roomId } = await mira.call('POST', '/v3/createRoom', { preset: 'public_chat', name: 'Loft' });
  const place = `/v3/directory/list/appservice/city/${encodeURIComponent(roomId)}`;
  assert.deepEqual(said(await mira.api('PUT', place, { body: { visibility: 'public' } })), [403, 'M_FORBIDDEN']);
  assert.equal((await as('PUT', place, { visibility: 'public' })).status, 200);
  const list = async (body: object) => (await mira.call('POST', '/v3/publicRooms', body)).chunk.length;
  assert.equal(await list({}), 0);
  assert.equal(await list({ third_party_instance_id: 'bridge|city' }), 1);
  assert.equal(await list({ include_all_networks: true }), 1);
  assert.equal((await as('PUT', place, { visibility: 'private' })).status, 200);
  assert.equal(await list({ include_all_networks: true }), 0);
  await as('PUT', place, { visibility: 'public' });
  assert.deepEqual(said(await mira.api('DELETE', place)), [403, 'M_FORBIDDEN']);
  assert.equal((await as('DELETE', place)).status, 200);
  assert.equal(await list({ include_all_networks: true }), 0);
});
