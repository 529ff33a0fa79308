import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApi, openServerWith, registerUser, startServer, type TestUser } from '@sotto/testing';

const { server } = await openServerWith([]);

async function secondLogin(person: TestUser) {
  const { userId: user, password } = person;
  const { body } = await server.api('POST', '/v3/login', { body: { type: 'm.login.password', user, password } });
  return createApi(server.url, body.access_token);
}

/** Asks, proves by password that it is oneself, and asks again. */
async function confirmed(person: TestUser, path: string, body: Record<string, unknown>) {
  const first = await person.api('POST', path, { body });
  assert.equal(first.status, 401, JSON.stringify(first.body));
  const { session } = first.body;
  return person.api('POST', path, {
    body: { ...body, auth: { type: 'm.login.password', password: person.password, session } },
  });
}

const whoami = async (api: TestUser['api']) => (await api('GET', '/v3/account/whoami')).status;

test('password: changed with the old one, and the other logins end', async () => {
  const mira = await registerUser(server, 'mira');
  const other = await secondLogin(mira);
  const changed = await confirmed(mira, '/v3/account/password', { new_password: 'new secret' });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  assert.deepEqual([await whoami(mira.api), await whoami(other)], [200, 401]);
  const logIn = (password: string) =>
    server.api('POST', '/v3/login', { body: { type: 'm.login.password', user: 'mira', password } });
  assert.equal((await logIn(mira.password)).status, 403);
  assert.equal((await logIn('new secret')).status, 200);
});

test('password: the other logins stay when that is wanted; a bad one changes nothing', async () => {
  const nils = await registerUser(server, 'nils');
  const other = await secondLogin(nils);
  const weak = await confirmed(nils, '/v3/account/password', { new_password: '', logout_devices: false });
  assert.deepEqual([weak.status, weak.body.errcode], [400, 'M_WEAK_PASSWORD']);
  const changed = await confirmed(nils, '/v3/account/password', { new_password: 'other', logout_devices: false });
  assert.equal(changed.status, 200);
  assert.equal(await whoami(other), 200);
  const nobody = await server.api('POST', '/v3/account/password', { body: { new_password: 'x' } });
  assert.equal(nobody.status, 401);
});

test('deactivate: nobody gets in, the name stays taken, profile and rooms are left', async () => {
  const olga = await registerUser(server, 'olga');
  const paul = await registerUser(server, 'paul');
  const { room_id: roomId } = await paul.call('POST', '/v3/createRoom', { invite: [olga.userId] });
  await olga.call('POST', `/v3/join/${encodeURIComponent(roomId)}`, {});
  const { room_id: other } = await paul.call('POST', '/v3/createRoom', { invite: [olga.userId] });
  const done = await confirmed(olga, '/v3/account/deactivate', { erase: true });
  assert.deepEqual(done.body, { id_server_unbind_result: 'success' });
  assert.equal(await whoami(olga.api), 401);
  const login = { type: 'm.login.password', user: 'olga', password: olga.password };
  assert.equal((await server.api('POST', '/v3/login', { body: login })).status, 403);
  const taken = await server.api('GET', '/v3/register/available?username=olga');
  assert.equal(taken.body.errcode, 'M_USER_IN_USE');
  assert.equal((await paul.api('GET', `/v3/profile/${olga.userId}`)).status, 404);
  for (const room of [roomId, other]) {
    const member = await paul.call('GET', `/v3/rooms/${encodeURIComponent(room)}/state/m.room.member/${olga.userId}`);
    assert.deepEqual(member, { membership: 'leave' });
  }
});

test('deactivate: not the last admin, and only with the password', async () => {
  const closed = await startServer({ config: { 'registration.mode': 'invite' } });
  try {
    const admin = await registerUser(closed, 'admin', { token: await closed.firstRunToken() });
    const refused = await confirmed(admin, '/v3/account/deactivate', {});
    assert.deepEqual([refused.status, refused.body.errcode], [403, 'M_FORBIDDEN']);
    const auth = { type: 'm.login.password', password: 'wrong' };
    const wrong = await admin.api('POST', '/v3/account/deactivate', { body: { auth } });
    assert.deepEqual([wrong.status, wrong.body.errcode], [401, 'M_FORBIDDEN']);
    assert.equal(await whoami(admin.api), 200);
  } finally {
    await closed.stop();
  }
});

test('OpenID: a token for oneself, with which a third party learns who it is', async () => {
  const rosa = await registerUser(server, 'rosa');
  const made = await rosa.call('POST', `/v3/user/${rosa.userId}/openid/request_token`, {});
  assert.deepEqual([made.token_type, made.matrix_server_name, made.expires_in], ['Bearer', 'localhost', 3600]);
  const ask = (query: string) => server.api('GET', `/_matrix/federation/v1/openid/userinfo${query}`);
  assert.deepEqual((await ask(`?access_token=${made.access_token}`)).body, { sub: rosa.userId });
  assert.deepEqual((await ask('')).body.errcode, 'M_MISSING_TOKEN');
  const own = await ask(`?access_token=${rosa.accessToken}`);
  assert.deepEqual([own.status, own.body.errcode], [401, 'M_UNKNOWN_TOKEN']);
  const foreign = await rosa.api('POST', '/v3/user/@paul:localhost/openid/request_token', { body: {} });
  assert.deepEqual([foreign.status, foreign.body.errcode], [403, 'M_FORBIDDEN']);
});
