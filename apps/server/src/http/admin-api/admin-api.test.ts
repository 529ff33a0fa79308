import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { registerUser, startServer, type TestServer, type TestUser } from '@sotto/testing';

let server: TestServer;
let admin: TestUser;
let mira: TestUser;
before(async () => {
  server = await startServer({ config: { 'registration.sharedSecret': 'S' } });
  admin = await registerUser(server, 'admin', { token: await server.firstRunToken() });
  mira = await registerUser(server, 'mira');
});
after(() => server.stop());

const base = '/_sotto/admin/v1';
const at = (path: string) => `${base}${path}`;
const logIn = (user: string, password: string) =>
  server.api('POST', '/v3/login', { body: { type: 'm.login.password', user, password } });
/** The newest lines of the audit log, newest first. */
async function changes(count: number) {
  const { entries } = await admin.call('GET', at(`/audit-log?limit=${count}`));
  return entries.map((entry: { actor: string; action: string; target: string }) => [
    entry.actor,
    entry.action,
    entry.target,
  ]);
}

test('admin: nobody else, at any of its places', async () => {
  const places: [string, string, unknown?][] = [
    ['GET', '/people'],
    ['GET', `/people/${mira.userId}`],
    ['POST', '/people', { username: 'x' }],
    ['POST', `/people/${mira.userId}/deactivate`, {}],
    ['POST', `/people/${mira.userId}/password`, { password: 'x' }],
    ['POST', `/people/${mira.userId}/sign-out`, {}],
    ['PUT', `/people/${mira.userId}/admin`, { is_admin: true }],
    ['GET', `/people/${mira.userId}/media`],
    ['GET', '/rooms'],
    ['GET', '/rooms/!x'],
    ['DELETE', '/rooms/!x', {}],
    ['GET', '/registration-tokens'],
    ['POST', '/registration-tokens', {}],
    ['DELETE', '/registration-tokens/x'],
    ['PUT', '/media/x/quarantine', { is_quarantined: true }],
    ['DELETE', '/media/x'],
    ['GET', '/audit-log'],
  ];
  for (const [method, path, body] of places) {
    const refused = await mira.api(method, at(path), { body });
    assert.deepEqual([refused.status, refused.body.errcode], [403, 'M_FORBIDDEN'], path);
    assert.equal((await server.api(method, at(path), { body })).body.errcode, 'M_MISSING_TOKEN', path);
  }
  assert.deepEqual(await changes(1), []);
});

test('admin: people are listed, searched, made and seen', async () => {
  const made = await admin.call('POST', at('/people'), {
    username: 'nils',
    password: 'secret',
    displayname: 'Nils H.',
  });
  assert.deepEqual(made, { user_id: '@nils:localhost' });
  assert.deepEqual(await changes(1), [[admin.userId, 'person.create', '@nils:localhost']]);
  assert.equal((await logIn('nils', 'secret')).status, 200);
  const found = await admin.call('GET', at('/people?search=nils%20h'));
  assert.deepEqual(
    found.people.map((person: { user_id: string }) => person.user_id),
    ['@nils:localhost'],
  );
  const first = await admin.call('GET', at('/people?limit=1'));
  const second = await admin.call('GET', at(`/people?limit=1&from=${first.next_from}`));
  assert.deepEqual(
    [first.people[0].is_admin, first.people[0].user_id, second.people[0].user_id],
    [true, admin.userId, mira.userId],
  );
  const person = await admin.call('GET', at(`/people/${mira.userId}`));
  assert.deepEqual([person.displayname, person.devices.length, person.media], ['mira', 1, { count: 0, bytes: 0 }]);
  assert.deepEqual([person.account_data, person.key_backup], [{ bytes: 0 }, { bytes: 0 }]);
  await mira.call('PUT', `/v3/user/${mira.userId}/account_data/org.example.note`, { text: 'x'.repeat(1000) });
  assert.equal((await admin.call('GET', at(`/people/${mira.userId}`))).account_data.bytes > 1000, true);
  assert.equal((await admin.api('GET', at('/people/@nobody:localhost'))).body.errcode, 'M_NOT_FOUND');
  assert.equal((await admin.api('POST', at('/people'), { body: { username: 'nils' } })).body.errcode, 'M_USER_IN_USE');
});

test('admin: a password is reset, logins end, an account ends', async () => {
  const olga = await registerUser(server, 'olga');
  await admin.call('POST', at(`/people/${olga.userId}/sign-out`), {});
  assert.equal((await olga.api('GET', '/v3/account/whoami')).status, 401);
  await admin.call('POST', at(`/people/${olga.userId}/password`), { password: 'other' });
  assert.equal((await logIn('olga', olga.password)).status, 403);
  const again = await logIn('olga', 'other');
  const whoami = () => server.api('GET', '/v3/account/whoami', { token: again.body.access_token });
  await admin.call('POST', at(`/people/${olga.userId}/sign-out`), { device_id: 'ANOTHER' });
  assert.equal((await whoami()).status, 200);
  await admin.call('POST', at(`/people/${olga.userId}/deactivate`), { erase: true });
  assert.equal((await whoami()).status, 401);
  const actions = (await changes(4)).map(([, action]: string[]) => action);
  assert.deepEqual(actions, ['person.deactivate', 'person.sign_out', 'person.reset_password', 'person.sign_out']);
  const dead = await admin.api('POST', at(`/people/${olga.userId}/password`), { body: { password: 'x' } });
  assert.equal(dead.body.errcode, 'M_USER_DEACTIVATED');
});

test('admin: another admin is made, and the last one stays', async () => {
  const refused = await admin.api('PUT', at(`/people/${admin.userId}/admin`), { body: { is_admin: false } });
  assert.deepEqual([refused.status, refused.body.errcode], [403, 'M_FORBIDDEN']);
  const end = await admin.api('POST', at(`/people/${admin.userId}/deactivate`), { body: {} });
  assert.equal(end.status, 403);
  const paul = await registerUser(server, 'paul');
  await admin.call('PUT', at(`/people/${paul.userId}/admin`), { is_admin: true });
  assert.equal((await paul.api('GET', at('/people'))).status, 200);
  await admin.call('PUT', at(`/people/${paul.userId}/admin`), { is_admin: false });
  assert.equal((await paul.api('GET', at('/people'))).status, 403);
});

test('admin: accounts are locked and suspended, but not those of admins', async () => {
  const rosa = await registerUser(server, 'rosa');
  const { room_id: roomId } = await rosa.call('POST', '/v3/createRoom', {});
  const room = `/v3/rooms/${encodeURIComponent(roomId)}`;
  await rosa.call('POST', `${room}/invite`, { user_id: mira.userId });
  await mira.call('POST', `${room}/join`, {});
  const say = async (who: TestUser) =>
    (await who.call('PUT', `${room}/send/m.room.message/0`, { body: 'x', msgtype: 'm.text' })).event_id;
  const [own, others] = [await say(rosa), await say(mira)];
  const strike = (eventId: string) => rosa.api('PUT', `${room}/redact/${eventId}/${eventId}`, { body: {} });
  const put = (what: 'lock' | 'suspend', userId: string, body: object) =>
    admin.api('PUT', `/v1/admin/${what}/${userId}`, { body });
  assert.deepEqual((await put('suspend', rosa.userId, { suspended: true })).body, { suspended: true });
  assert.deepEqual(await admin.call('GET', `/v1/admin/suspend/${rosa.userId}`), { suspended: true });
  const sent = await rosa.api('PUT', `${room}/send/m.room.message/1`, { body: { body: 'x', msgtype: 'm.text' } });
  assert.deepEqual([sent.status, sent.body.errcode], [403, 'M_USER_SUSPENDED']);
  for (const [method, path] of [
    ['POST', '/v3/createRoom'],
    ['POST', `${room}/join`],
    ['PUT', `/v3/profile/${rosa.userId}/displayname`],
  ] as const)
    assert.equal((await rosa.api(method, path, { body: { displayname: 'x' } })).body.errcode, 'M_USER_SUSPENDED', path);
  assert.equal((await rosa.api('GET', '/v3/sync')).status, 200);
  assert.equal((await strike(own)).status, 200, 'what is theirs they may take back');
  const struck = await strike(others);
  assert.deepEqual([struck.status, struck.body.errcode], [403, 'M_USER_SUSPENDED']);
  assert.equal((await rosa.api('POST', `${room}/leave`, { body: {} })).status, 200);
  await put('suspend', rosa.userId, { suspended: false });
  assert.equal((await rosa.api('POST', '/v3/createRoom', { body: {} })).status, 200);

  await put('lock', rosa.userId, { locked: true });
  assert.deepEqual(await admin.call('GET', `/v1/admin/lock/${rosa.userId}`), { locked: true });
  const locked = await rosa.api('GET', '/v3/sync');
  assert.deepEqual([locked.status, locked.body.errcode, locked.body.soft_logout], [401, 'M_USER_LOCKED', true]);
  assert.equal((await logIn('rosa', rosa.password)).body.errcode, 'M_USER_LOCKED');
  await put('lock', rosa.userId, { locked: false });
  assert.equal((await rosa.api('GET', '/v3/sync')).status, 200, 'the login was kept');
  await put('lock', rosa.userId, { locked: true });
  assert.equal((await rosa.api('POST', '/v3/logout', { body: {} })).status, 200);

  assert.equal((await put('lock', admin.userId, { locked: true })).status, 403);
  assert.equal((await put('lock', '@x:elsewhere.org', { locked: true })).body.errcode, 'M_INVALID_PARAM');
  assert.equal((await put('lock', '@nobody:localhost', { locked: true })).body.errcode, 'M_NOT_FOUND');
  assert.equal((await put('lock', mira.userId, {})).body.errcode, 'M_BAD_JSON');
  assert.equal((await mira.api('GET', `/v1/admin/lock/${rosa.userId}`)).status, 403);
  const { capabilities } = await admin.call('GET', '/v3/capabilities');
  assert.deepEqual(capabilities['m.account_moderation'], { suspend: true, lock: true });
});

test('admin: whois tells when, and never from where', async () => {
  const whois = await admin.call('GET', `/v3/admin/whois/${mira.userId}`);
  const [session] = whois.devices[mira.deviceId].sessions;
  assert.deepEqual(Object.keys(session.connections[0]), ['last_seen']);
  assert.deepEqual((await mira.call('GET', `/v3/admin/whois/${mira.userId}`)).user_id, mira.userId);
  assert.equal((await mira.api('GET', `/v3/admin/whois/${admin.userId}`)).status, 403);
});

test('admin: tokens with which people register', async () => {
  const { token, url } = await admin.call('POST', at('/registration-tokens'), { uses_allowed: 1 });
  assert.ok(url.endsWith(`/#/invite/${token}`));
  const valid = async () =>
    (await server.api('GET', `/v1/register/m.login.registration_token/validity?token=${token}`)).body;
  assert.deepEqual(await valid(), { valid: true });
  const [, action, target] = (await changes(1))[0];
  assert.deepEqual([action, target], ['token.create', `${token.slice(0, 4)}…`]);
  const { registration_tokens: all } = await admin.call('GET', at('/registration-tokens'));
  const listed = all.find((each: { token: string }) => each.token === token);
  assert.deepEqual([listed.uses_allowed, listed.is_invite_link, listed.created_by], [1, false, admin.userId]);
  await admin.call('DELETE', at(`/registration-tokens/${token}`));
  assert.deepEqual(await valid(), { valid: false });
  assert.equal((await admin.api('DELETE', at(`/registration-tokens/${token}`))).body.errcode, 'M_NOT_FOUND');
  for (const body of [{ token: 'a b' }, { token: '' }])
    assert.equal((await admin.api('POST', at('/registration-tokens'), { body })).body.errcode, 'M_INVALID_PARAM');
  assert.equal((await admin.api('POST', at('/registration-tokens'), { body: { uses_allowed: 0 } })).status, 400);
});

test('admin: files are listed, hidden under every id, and taken away', async () => {
  const upload = async () => {
    const answer = await mira.api('POST', '/_matrix/media/v3/upload', { body: 'bytes', headers: {} });
    return answer.body.content_uri.split('/').at(-1);
  };
  const status = async (id: string) => (await mira.api('GET', `/v1/media/download/localhost/${id}`)).status;
  const [one, two] = [await upload(), await upload()];
  const { media } = await admin.call('GET', at(`/people/${mira.userId}/media`));
  assert.deepEqual(media.map((file: { media_id: string }) => file.media_id).sort(), [one, two].sort());
  await admin.call('PUT', at(`/media/${one}/quarantine`), { is_quarantined: true });
  const three = await upload();
  assert.deepEqual([await status(one), await status(two), await status(three)], [404, 404, 404]);
  await admin.call('PUT', at(`/media/${two}/quarantine`), { is_quarantined: false });
  assert.deepEqual([await status(one), await status(three)], [200, 200]);
  await admin.call('DELETE', at(`/media/${one}`));
  assert.deepEqual([await status(one), await status(two)], [404, 200]);
  assert.equal((await admin.api('DELETE', at(`/media/${one}`))).body.errcode, 'M_NOT_FOUND');
});

test('admin: rooms are listed and seen, and go without a trace', async () => {
  const tom = await registerUser(server, 'tom');
  const { room_id: roomId } = await mira.call('POST', '/v3/createRoom', {
    preset: 'public_chat',
    name: 'Night shift',
    room_alias_name: 'night',
    invite: [tom.userId],
  });
  const room = encodeURIComponent(roomId);
  const { rooms } = await admin.call('GET', at('/rooms?search=night'));
  assert.deepEqual([rooms.length, rooms[0].name, rooms[0].joined_members], [1, 'Night shift', 1]);
  assert.deepEqual((await admin.call('GET', at(`/rooms/${room}`))).members, [mira.userId]);
  const { next_batch: since } = await mira.call('GET', '/v3/sync');
  await admin.call('DELETE', at(`/rooms/${room}`), {});
  const { rooms: left } = await mira.call('GET', `/v3/sync?since=${since}`);
  assert.ok(left.leave[roomId]);
  assert.equal((await tom.api('POST', `/v3/join/${room}`, { body: {} })).status, 404);
  assert.equal((await mira.api('GET', '/v3/directory/room/%23night:localhost')).status, 404);
  await admin.call('DELETE', at(`/rooms/${room}`), { purge_after_ms: 0 });
  assert.equal((await admin.api('GET', at(`/rooms/${room}`))).body.errcode, 'M_NOT_FOUND');
  assert.equal((await mira.api('GET', `/v3/rooms/${room}/state`)).body.errcode, 'M_FORBIDDEN');
  assert.equal((await tom.api('POST', `/v3/join/${room}`, { body: {} })).status, 404);
  assert.equal((await mira.api('GET', `/v3/sync?since=${since}`)).status, 200);
});

test('admin: an account by the shared secret, once for each nonce', async () => {
  const path = '/_synapse/admin/v1/register';
  const sign = (nonce: string, secret: string, rest: string[]) =>
    createHmac('sha1', secret)
      .update([nonce, ...rest].join('\0'))
      .digest('hex');
  const { nonce } = (await server.api('GET', path)).body;
  const body = { nonce, username: 'tool', password: 'secret', admin: true };
  const mac = sign(nonce, 'S', ['tool', 'secret', 'admin']);
  const made = await server.api('POST', path, { body: { ...body, mac } });
  assert.deepEqual([made.status, made.body.user_id], [200, '@tool:localhost'], JSON.stringify(made.body));
  assert.equal((await server.api('GET', at('/people'), { token: made.body.access_token })).status, 200);
  assert.deepEqual(await changes(1), [[null, 'person.create', '@tool:localhost']]);
  assert.equal((await server.api('POST', path, { body: { ...body, mac } })).status, 400);
  const { nonce: other } = (await server.api('GET', path)).body;
  const wrong = sign(other, 'wrong', ['x', 'y', 'notadmin']);
  const refused = await server.api('POST', path, { body: { nonce: other, username: 'x', password: 'y', mac: wrong } });
  assert.equal(refused.status, 403);
  const bad = await server.api('POST', path, { body: { nonce: other } });
  assert.deepEqual([bad.status, bad.body.errcode], [400, 'M_BAD_JSON']);
});
