import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createApi, registerUser, startServer, type TestServer } from '@sotto/testing';

let server: TestServer;
let invited: TestServer;
before(async () => {
  server = await startServer({ config: { 'guests.enabled': true } });
  invited = await startServer({ config: { 'registration.mode': 'invite' } });
});
after(() => Promise.all([server.stop(), invited.stop()]));

const register = (body: unknown, kind = 'user') => server.api('POST', `/v3/register?kind=${kind}`, { body });
const dummy = (session: string) => ({ type: 'm.login.dummy', session });

test('register: a session, its stage, an account that is logged in', async () => {
  const first = await register({ username: 'Anna', password: 'secret' });
  assert.equal(first.status, 401);
  assert.deepEqual(first.body.flows[0], { stages: ['m.login.dummy'] });
  const done = await register({ username: 'Anna', password: 'secret', auth: dummy(first.body.session) });
  assert.equal(done.body.user_id, '@anna:localhost');
  const who = await server.api('GET', '/v3/account/whoami', { token: done.body.access_token });
  assert.equal(who.body.device_id, done.body.device_id);
});

test('register: the session remembers what was asked for, and a repeated end gives the same account', async () => {
  const first = await register({ username: 'bert', password: 'secret', device_id: 'BERTS', refresh_token: true });
  const done = await register({ auth: dummy(first.body.session) });
  assert.deepEqual([done.body.user_id, done.body.device_id], ['@bert:localhost', 'BERTS']);
  assert.equal(typeof done.body.refresh_token, 'string');
  const again = await register({ auth: dummy(first.body.session) });
  assert.deepEqual([again.body.user_id, again.body.device_id], ['@bert:localhost', 'BERTS']);
  assert.notEqual(again.body.access_token, done.body.access_token);
});

test('register: a client that has no session yet says so with null, as matrix-rust-sdk does', async () => {
  const done = await register({ username: 'nell', password: 'secret', auth: { type: 'm.login.dummy', session: null } });
  assert.equal(done.body.user_id, '@nell:localhost');
});

test('register: a name of its own choice, no login where none is wanted', async () => {
  const first = await register({ password: 'secret' });
  const done = await register({ password: 'secret', inhibit_login: true, auth: dummy(first.body.session) });
  assert.match(done.body.user_id, /^@[a-z]{12}:localhost$/);
  assert.equal(done.body.access_token, undefined);
});

test('register: bad names, passwords and kinds are refused before anything is asked', async () => {
  await registerUser(server, 'carla');
  const cases: [unknown, string][] = [
    [{ username: 'carla', password: 'x' }, 'M_USER_IN_USE'],
    [{ username: 'CARLA', password: 'x' }, 'M_USER_IN_USE'],
    [{ username: 'a b', password: 'x' }, 'M_INVALID_USERNAME'],
    [{ username: 'é', password: 'x' }, 'M_INVALID_USERNAME'],
    [{ username: '123', password: 'x' }, 'M_INVALID_USERNAME'],
    [{ username: 'x'.repeat(300), password: 'x' }, 'M_INVALID_USERNAME'],
    [{ username: 'dora', password: '' }, 'M_WEAK_PASSWORD'],
    [{ username: 'dora', password: 'x', device_id: '' }, 'M_INVALID_PARAM'],
    [{ username: 5 }, 'M_BAD_JSON'],
  ];
  for (const [body, errcode] of cases) {
    const answer = await register(body);
    assert.deepEqual([answer.status, answer.body.errcode], [400, errcode], JSON.stringify(body).slice(0, 100));
  }
  const long = await register({ username: 'dora', password: 'x'.repeat(2000) });
  assert.deepEqual([long.status, long.body.errcode], [413, 'M_TOO_LARGE']);
  assert.equal((await register({}, 'alien')).body.errcode, 'M_UNRECOGNIZED');
  const available = await server.api('GET', '/v3/register/available?username=dora');
  assert.deepEqual(available.body, { available: true });
  assert.equal((await server.api('GET', '/v3/register/available?username=carla')).body.errcode, 'M_USER_IN_USE');
});

test('interactive auth: a session serves one operation only, and an unknown one begins anew', async () => {
  const eve = await registerUser(server, 'eve');
  const session = (await eve.api('POST', '/v3/account/deactivate', { body: {} })).body.session;
  const auth = { type: 'm.login.password', session, password: eve.password };
  const other = await eve.api('POST', '/v3/account/password', { body: { new_password: 'x', auth } });
  assert.deepEqual([other.status, other.body.errcode], [403, 'M_FORBIDDEN']);
  const strange = await register({ username: 'frida', password: 'x', auth: dummy('nonsense') });
  assert.equal(strange.status, 200);
  const wrong = await register({ username: 'gina', password: 'x', auth: { type: 'm.login.password', password: 'x' } });
  assert.deepEqual([wrong.status, wrong.body.errcode], [401, 'M_UNRECOGNIZED']);
});

test('guests: an account without a password, which becomes one of a person and keeps its name', async () => {
  const guest = await register({ username: 'ignored', device_id: 'IGNORED' }, 'guest');
  assert.equal(guest.status, 200);
  const token = guest.body.access_token;
  const name = guest.body.user_id.slice(1).split(':')[0];
  assert.equal((await server.api('GET', '/v3/account/whoami', { token })).body.is_guest, true);
  const refused = await server.api('POST', '/v3/createRoom', { token, body: {} });
  assert.deepEqual([refused.status, refused.body.errcode], [403, 'M_GUEST_ACCESS_FORBIDDEN']);

  const upgrade = { username: name, password: 'secret', guest_access_token: token };
  assert.equal((await register({ ...upgrade, username: 'other' })).body.errcode, 'M_FORBIDDEN');
  assert.equal((await register({ ...upgrade, guest_access_token: 'x' })).body.errcode, 'M_FORBIDDEN');
  const first = await register(upgrade);
  const done = await register({ ...upgrade, auth: dummy(first.body.session) });
  assert.equal(done.body.user_id, guest.body.user_id);
  const api = createApi(server.url, done.body.access_token);
  assert.equal((await api('GET', '/v3/account/whoami')).body.is_guest, false);
  assert.equal((await server.api('GET', '/v3/account/whoami', { token })).status, 401);
});

test('invite: only with a token, which serves once; the first-run link makes the admin', async () => {
  const api = invited.api;
  const firstRun = await invited.firstRunToken();
  const valid = (token: string) => api('GET', `/v1/register/m.login.registration_token/validity?token=${token}`);
  assert.deepEqual((await valid(firstRun)).body, { valid: true });
  const admin = await registerUser(invited, 'admin', { token: firstRun });
  assert.deepEqual((await admin.call('GET', '/_sotto/client/v1/me')).is_admin, true);
  assert.deepEqual((await valid(firstRun)).body, { valid: false });
  const body = { username: 'late', password: 'secret' };
  const first = await api('POST', '/v3/register', { body });
  assert.deepEqual(first.body.flows, [{ stages: ['m.login.registration_token'] }]);
  const auth = { type: 'm.login.registration_token', session: first.body.session, token: firstRun };
  const refused = await api('POST', '/v3/register', { body: { ...body, auth } });
  assert.deepEqual([refused.status, refused.body.errcode], [401, 'M_UNAUTHORIZED']);
  const { token } = await admin.call('POST', '/_sotto/client/v1/invites', {});
  const made = await api('POST', '/v3/register', { body: { ...body, auth: { ...auth, token } } });
  assert.equal(made.status, 200);
});

test('closed: nobody but the first admin', async (t) => {
  const closed = await startServer({ config: { 'registration.mode': 'closed' } });
  t.after(() => closed.stop());
  const admin = await registerUser(closed, 'admin', { token: await closed.firstRunToken() });
  const { token } = await admin.call('POST', '/_sotto/client/v1/invites', {});
  const auth = { type: 'm.login.registration_token', token };
  const refused = await closed.api('POST', '/v3/register', { body: { username: 'x', password: 'x', auth } });
  assert.deepEqual([refused.status, refused.body.errcode], [403, 'M_FORBIDDEN']);
  const guest = await closed.api('POST', '/v3/register?kind=guest', { body: {} });
  assert.deepEqual([guest.status, guest.body.errcode], [403, 'M_FORBIDDEN']);
});
