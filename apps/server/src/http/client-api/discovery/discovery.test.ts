import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServerWith } from '@sotto/testing';

const { server, mira } = await openServerWith(['mira'], {
  config: {
    'server.publicUrl': 'https://chat.example.org',
    'server.contactEmail': 'admin@example.org',
    'server.contactPage': 'https://example.org/help',
    'turn.uris': ['turn:turn.example.org?transport=udp'],
    'turn.sharedSecret': 'S',
    'turn.ttlSeconds': 600,
  },
});

test('discovery: where the server is, whom to ask, which versions', async () => {
  const client = await server.api('GET', '/.well-known/matrix/client');
  assert.deepEqual(client.body, { 'm.homeserver': { base_url: 'https://chat.example.org' } });
  assert.equal(client.headers.get('access-control-allow-origin'), '*');
  const support = await server.api('GET', '/.well-known/matrix/support');
  assert.deepEqual(support.body, {
    contacts: [{ email_address: 'admin@example.org', role: 'm.role.admin' }],
    support_page: 'https://example.org/help',
  });
  const versions = await server.api('GET', '/_matrix/client/versions');
  assert.equal(versions.body.versions.at(-1), 'v1.19');
});

test('discovery: what is not here says so', async () => {
  for (const path of [
    '/.well-known/matrix/server',
    '/v1/auth_metadata',
    '/_matrix/nothing',
    '/v3/login/sso/redirect',
  ]) {
    const answer = await server.api('GET', path);
    assert.deepEqual([answer.status, answer.body.errcode], [404, 'M_UNRECOGNIZED'], path);
  }
  const wrongMethod = await server.api('DELETE', '/v3/login');
  assert.deepEqual([wrongMethod.status, wrongMethod.body.errcode], [405, 'M_UNRECOGNIZED']);
  for (const body of ['', '{', 'x'.repeat(10_000)]) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}/_matrix/client/v3/login`, { method: 'PUT', headers, body });
    assert.deepEqual([answer.status, (await answer.json()).errcode], [405, 'M_UNRECOGNIZED'], 'whatever the body is');
  }
});

test('capabilities: what this person may', async () => {
  const { capabilities } = await mira.call('GET', '/v3/capabilities');
  assert.deepEqual(capabilities['m.change_password'], { enabled: true });
  assert.deepEqual(capabilities['m.3pid_changes'], { enabled: false });
  assert.deepEqual(capabilities['m.get_login_token'], { enabled: true });
  assert.equal(capabilities['m.room_versions'].default, '12');
  assert.equal(capabilities['m.account_moderation'], undefined);
});

test('retention: messages are kept for ever, unless the operator says otherwise', async () => {
  const path = '/unstable/org.matrix.msc1763/retention/configuration';
  assert.deepEqual(await mira.call('GET', path), { policies: {}, limits: {} });
  assert.equal((await server.api('GET', path)).status, 401);
});

test('calls: TURN credentials with an end, and no transport for groups', async () => {
  const turn = await mira.call('GET', '/v3/voip/turnServer');
  assert.deepEqual([turn.uris, turn.ttl], [['turn:turn.example.org?transport=udp'], 600]);
  assert.match(turn.username, /^\d{10}:[A-Za-z]{16}$/);
  assert.equal((await server.api('GET', '/v3/voip/turnServer')).status, 401);
  assert.deepEqual(await mira.call('GET', '/unstable/org.matrix.msc4143/rtc/transports'), { rtc_transports: [] });
});
