import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { registerUser, startServer, type TestServer, type TestUser } from '@sotto/testing';

let server: TestServer;
let mira: TestUser;
before(async () => {
  server = await startServer();
  mira = await registerUser(server, 'mira', { deviceId: 'FIRST' });
});
after(() => server.stop());

const logIn = (body: unknown) => server.api('POST', '/v3/login', { body });
const password = 'password of mira';

test('login: a localpart, in any case, or a whole user id, in the form of today and of old', async () => {
  const type = 'm.login.password';
  for (const user of ['mira', 'MIRA', mira.userId]) {
    const answer = await logIn({ type, password, identifier: { type: 'm.id.user', user } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.user_id, mira.userId);
    assert.equal(answer.body.refresh_token, undefined);
    assert.equal((await logIn({ type, password, user })).body.user_id, mira.userId);
  }
});

test('login: a wrong password and an unknown person get the same answer', async () => {
  const wrong = await logIn({ type: 'm.login.password', user: 'mira', password: 'x' });
  const answers = [
    await logIn({ type: 'm.login.password', user: 'nobody', password: 'x' }),
    await logIn({ type: 'm.login.password', user: '@mira:elsewhere.org', password }),
    await logIn({
      type: 'm.login.password',
      password,
      identifier: { type: 'm.id.thirdparty', medium: 'email', address: 'mira@example.org' },
    }),
    await logIn({
      type: 'm.login.password',
      password,
      identifier: { type: 'm.id.phone', country: 'DE', phone: '1' },
    }),
  ];
  assert.equal(wrong.status, 403);
  assert.equal(wrong.body.errcode, 'M_FORBIDDEN');
  for (const answer of answers) assert.deepEqual([answer.status, answer.body], [403, wrong.body]);
});

test('login: what is missing or unknown is named by its errcode', async () => {
  const type = 'm.login.password';
  const cases: [unknown, string][] = [
    [{}, 'M_BAD_JSON'],
    [{ type: 'm.login.sso' }, 'M_UNKNOWN'],
    [{ type: 'm.login.token' }, 'M_MISSING_PARAM'],
    [{ type, user: 'mira' }, 'M_MISSING_PARAM'],
    [{ type, password }, 'M_MISSING_PARAM'],
    [{ type, password, identifier: { type: 'm.id.nothing' } }, 'M_UNKNOWN'],
    [{ type, password, user: 5 }, 'M_BAD_JSON'],
    [{ type, password, user: 'mira', device_id: '' }, 'M_INVALID_PARAM'],
    ['{', 'M_NOT_JSON'],
  ];
  for (const [body, errcode] of cases) {
    const answer = await logIn(body);
    assert.deepEqual([answer.status, answer.body.errcode], [400, errcode], JSON.stringify(body));
  }
});

test('login: a device that logs in again keeps its name and loses its old token', async () => {
  const again = await logIn({ type: 'm.login.password', user: 'mira', password, device_id: 'SECOND' });
  const token = again.body.access_token;
  assert.equal(again.body.device_id, 'SECOND');
  const third = await logIn({ type: 'm.login.password', user: 'mira', password, device_id: 'SECOND' });
  const old = await server.api('GET', '/v3/account/whoami', { token });
  assert.deepEqual([old.status, old.body.errcode, old.body.soft_logout], [401, 'M_UNKNOWN_TOKEN', false]);
  const who = await server.api('GET', '/v3/account/whoami', { token: third.body.access_token });
  assert.deepEqual(who.body, { user_id: mira.userId, device_id: 'SECOND', is_guest: false });
});

test('login: a token for another device, after the password, once', async () => {
  const flows = await server.api('GET', '/v3/login');
  assert.deepEqual(flows.body.flows[1], { type: 'm.login.token', get_login_token: true });
  const first = await mira.api('POST', '/v1/login/get_token', { body: {} });
  assert.equal(first.status, 401);
  assert.deepEqual(first.body.flows, [{ stages: ['m.login.password'] }]);
  const auth = {
    type: 'm.login.password',
    session: first.body.session,
    identifier: { type: 'm.id.user', user: 'mira' },
  };
  const wrong = await mira.api('POST', '/v1/login/get_token', { body: { auth: { ...auth, password: 'x' } } });
  assert.deepEqual([wrong.status, wrong.body.errcode], [401, 'M_FORBIDDEN']);
  const made = await mira.api('POST', '/v1/login/get_token', { body: { auth: { ...auth, password } } });
  assert.deepEqual([made.status, made.body.expires_in_ms], [200, 120_000]);
  const body = { type: 'm.login.token', token: made.body.login_token, refresh_token: true };
  const refused = await logIn({ ...body, initial_device_display_name: 'x'.repeat(256) });
  assert.deepEqual([refused.status, refused.body.errcode], [400, 'M_INVALID_PARAM'], 'the token is still good');
  const used = await logIn(body);
  assert.equal(used.status, 200);
  assert.equal(used.body.user_id, mira.userId);
  assert.equal(typeof used.body.refresh_token, 'string');
  assert.equal((await logIn(body)).status, 403);
});

test('refresh: a new pair, and an unknown token is said to be unknown', async () => {
  const login = await logIn({ type: 'm.login.password', user: 'mira', password, refresh_token: true });
  assert.equal(login.body.expires_in_ms, 300_000);
  const fresh = await server.api('POST', '/v3/refresh', { body: { refresh_token: login.body.refresh_token } });
  assert.equal(fresh.status, 200);
  assert.equal((await server.api('GET', '/v3/sync', { token: fresh.body.access_token })).status, 200);
  const unknown = await server.api('POST', '/v3/refresh', { body: { refresh_token: 'x' } });
  assert.deepEqual([unknown.status, unknown.body.errcode], [401, 'M_UNKNOWN_TOKEN']);
  assert.equal((await server.api('POST', '/v3/refresh', { body: {} })).body.errcode, 'M_BAD_JSON');
});

test('logout ends one login, logout/all ends all', async () => {
  const one = await logIn({ type: 'm.login.password', user: 'mira', password });
  const other = await logIn({ type: 'm.login.password', user: 'mira', password });
  const call = (token: string, path: string) => server.api('POST', path, { token, body: {} });
  assert.equal((await call(one.body.access_token, '/v3/logout')).status, 200);
  assert.equal((await call(one.body.access_token, '/v3/logout')).body.errcode, 'M_UNKNOWN_TOKEN');
  assert.equal((await call(other.body.access_token, '/v3/logout/all')).status, 200);
  for (const token of [other.body.access_token, mira.accessToken]) {
    assert.equal((await server.api('GET', '/v3/account/whoami', { token })).status, 401);
  }
});

test('a token: missing, unknown, in the query string', async () => {
  const tom = await registerUser(server, 'tom');
  const missing = await server.api('GET', '/v3/account/whoami');
  assert.deepEqual([missing.status, missing.body.errcode], [401, 'M_MISSING_TOKEN']);
  const unknown = await server.api('GET', '/v3/account/whoami', { token: 'nonsense' });
  assert.deepEqual([unknown.status, unknown.body.errcode], [401, 'M_UNKNOWN_TOKEN']);
  const inQuery = await server.api('GET', `/v3/account/whoami?access_token=${tom.accessToken}`);
  assert.equal(inQuery.body.user_id, tom.userId);
});
