import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonBody, openServerWith, registerUser, type TestUser } from '@sotto/testing';
import {
  createSigningKey,
  createTestDevice,
  createTestIdentity,
  signWith,
  type TestDevice,
  type TestIdentity,
} from '../../../services/keys/key-fixture.ts';

const { server } = await openServerWith([]);

interface Person extends TestUser {
  device: TestDevice;
  identity: TestIdentity;
}

const uploadIdentity = (user: TestUser, body: unknown) => user.api('POST', '/v3/keys/device_signing/upload', { body });
const sign = (user: TestUser, body: unknown) => user.api('POST', '/v3/keys/signatures/upload', { body });
const query = (user: TestUser, of: TestUser): Promise<JsonBody> =>
  user.call('POST', '/v3/keys/query', { device_keys: { [of.userId]: [] } });
const passwordOf = (user: TestUser, session: string) => ({
  type: 'm.login.password',
  identifier: { type: 'm.id.user', user: user.userId },
  password: user.password,
  session,
});

/** Someone with a device and, unless `isBare`, an identity that are both published. */
async function person(name: string, isBare = false): Promise<Person> {
  const user = await registerUser(server, name);
  const device = createTestDevice(user);
  const identity = createTestIdentity(user.userId);
  await user.call('POST', '/v3/keys/upload', { device_keys: device.deviceKeys });
  if (!isBare) assert.deepEqual((await uploadIdentity(user, identity.upload)).body, {});
  return { ...user, device, identity };
}

const byMaster = ({ userId, identity }: Person) => ({ key: identity.master, userId, name: identity.master.publicKey });
const bySelf = ({ userId, identity }: Person) => ({
  key: identity.selfSigning,
  userId,
  name: identity.selfSigning.publicKey,
});
const byUser = ({ userId, identity }: Person) => ({
  key: identity.userSigning,
  userId,
  name: identity.userSigning.publicKey,
});

test('an identity is published without a password, and shown to others without the user-signing key', async () => {
  const [alice, bob] = [await person('alice'), await person('bob')];
  const { master_key, self_signing_key, user_signing_key } = alice.identity.upload;
  const own = await query(alice, alice);
  assert.deepEqual(own.master_keys[alice.userId], master_key);
  assert.deepEqual(own.self_signing_keys[alice.userId], self_signing_key);
  assert.deepEqual(own.user_signing_keys[alice.userId], user_signing_key);
  const others = await query(bob, alice);
  assert.deepEqual(others.master_keys[alice.userId], master_key);
  assert.deepEqual(others.user_signing_keys, {});
});

test('of a new user-signing key nobody but its owner is told', async () => {
  const [alice, bob] = [await person('amber', true), await person('bert')];
  const { room_id: roomId } = await bob.call('POST', '/v3/createRoom', { preset: 'public_chat' });
  await alice.call('POST', `/v3/rooms/${encodeURIComponent(roomId)}/join`, {});
  const { user_signing_key, ...others } = alice.identity.upload;
  const changed = async (who: TestUser, since: string) =>
    (await who.call('GET', `/v3/sync?since=${since}`)).device_lists.changed;
  const now = async (): Promise<string> => (await bob.call('GET', '/v3/sync')).next_batch;
  let since = await now();
  await uploadIdentity(alice, others);
  assert.deepEqual([await changed(alice, since), await changed(bob, since)], [[alice.userId], [alice.userId]]);
  since = await now();
  const { session } = (await uploadIdentity(alice, { user_signing_key })).body;
  assert.equal((await uploadIdentity(alice, { user_signing_key, auth: passwordOf(alice, session) })).status, 200);
  assert.deepEqual([await changed(alice, since), await changed(bob, since)], [[alice.userId], []]);
});

test('the same identity again needs no password, another one does, and the proof serves once', async () => {
  const user = await person('carol');
  assert.equal((await uploadIdentity(user, user.identity.upload)).status, 200);
  const { upload } = createTestIdentity(user.userId);
  const first = await uploadIdentity(user, upload);
  assert.equal(first.status, 401);
  assert.deepEqual(first.body.flows, [{ stages: ['m.login.password'] }]);
  const wrong = { ...passwordOf(user, first.body.session), password: 'wrong' };
  const refused = await uploadIdentity(user, { ...upload, auth: wrong });
  assert.deepEqual([refused.status, refused.body.errcode], [401, 'M_FORBIDDEN']);
  for (const type of ['m.login.dummy', 'm.login.none', undefined]) {
    const passed = await uploadIdentity(user, { ...upload, auth: { type, session: first.body.session } });
    assert.equal(passed.status, 401, `${type} proves nothing`);
  }
  const stranger = await registerUser(server, 'stranger');
  const foreign = await uploadIdentity(user, { ...upload, auth: passwordOf(stranger, first.body.session) });
  assert.deepEqual([foreign.status, foreign.body.errcode], [403, 'M_FORBIDDEN']);
  assert.deepEqual((await query(user, user)).master_keys[user.userId], user.identity.upload.master_key);
  const auth = passwordOf(user, first.body.session);
  assert.equal((await uploadIdentity(user, { ...upload, auth })).status, 200);
  assert.deepEqual((await query(user, user)).master_keys[user.userId], upload.master_key);
  const reused = await uploadIdentity(user, {
    ...createTestIdentity(user.userId).upload,
    auth: { session: first.body.session },
  });
  assert.equal(reused.status, 401);
});

test('adding or replacing a part of an identity needs the password', async () => {
  const user = await person('dave', true);
  const { upload, master } = createTestIdentity(user.userId);
  assert.equal((await uploadIdentity(user, { master_key: upload.master_key })).status, 200);
  assert.equal((await uploadIdentity(user, upload)).status, 401);
  const another = createTestIdentity(user.userId, master).upload;
  assert.equal((await uploadIdentity(user, { self_signing_key: another.self_signing_key })).status, 401);
});

test('a new master key takes its dependents and the signatures on it away', async () => {
  const [alice, bob] = [await person('erin'), await person('frank')];
  const bobsMaster = bob.identity.upload.master_key;
  await sign(alice, { [bob.userId]: { [bob.identity.master.publicKey]: signWith(bobsMaster, byUser(alice)) } });
  await sign(bob, { [bob.userId]: { [bob.deviceId]: signWith(bob.device.deviceKeys, bySelf(bob)) } });
  const { upload } = createTestIdentity(bob.userId);
  const { body } = await uploadIdentity(bob, { master_key: upload.master_key });
  await uploadIdentity(bob, { master_key: upload.master_key, auth: passwordOf(bob, body.session) });
  const seen = await query(alice, bob);
  assert.deepEqual(seen.master_keys[bob.userId], upload.master_key);
  assert.deepEqual(seen.self_signing_keys, {});
  assert.deepEqual(seen.device_keys[bob.userId][bob.deviceId], { ...bob.device.deviceKeys, unsigned: {} });
});

test('what an organisation signed of a master key is passed on: only clients can judge it', async () => {
  const [alice, bob] = [await person('nadia', true), await person('omar')];
  const { upload } = createTestIdentity(alice.userId);
  const signatures = {
    [alice.userId]: { 'io.element.x509:CA': '-----BEGIN CMS-----', 'ed25519:NOBODY': 'AAAA', 'x:y': 7 },
  };
  const forged = { ...signatures, [bob.userId]: { 'io.element.x509:CA': 'CMS' } };
  const master_key = { ...upload.master_key, signatures: forged };
  assert.equal((await uploadIdentity(alice, { ...upload, master_key })).status, 200);
  const seen = (await query(bob, alice)).master_keys[alice.userId].signatures;
  assert.deepEqual(seen, { [alice.userId]: { 'io.element.x509:CA': '-----BEGIN CMS-----' } });
});

test('identities that are wrong are refused, and nothing is stored', async () => {
  const user = await person('grace', true);
  const { upload, master } = createTestIdentity(user.userId);
  const stranger = createTestIdentity(user.userId);
  const other = createTestIdentity('@other:localhost');
  const named = (name: string) => ({ ...upload.master_key, keys: { [`ed25519:${name}`]: name } });
  const cases: [what: string, body: object, status: number, errcode: string][] = [
    [
      'signed by another master',
      { ...upload, self_signing_key: stranger.upload.self_signing_key },
      400,
      'M_INVALID_SIGNATURE',
    ],
    [
      'not signed',
      { ...upload, user_signing_key: { ...upload.user_signing_key, signatures: {} } },
      400,
      'M_INVALID_SIGNATURE',
    ],
    ['no master key', { self_signing_key: upload.self_signing_key }, 400, 'M_MISSING_PARAM'],
    ['nothing', {}, 400, 'M_MISSING_PARAM'],
    ['of somebody else', other.upload, 400, 'M_INVALID_PARAM'],
    ['for another usage', { master_key: upload.self_signing_key }, 400, 'M_INVALID_PARAM'],
    [
      'two keys',
      { master_key: { ...upload.master_key, keys: { 'ed25519:a': 'a', 'ed25519:b': 'b' } } },
      400,
      'M_INVALID_PARAM',
    ],
    ['a short key', { master_key: named('short') }, 400, 'M_INVALID_PARAM'],
    ['no object', { master_key: 'key' }, 400, 'M_BAD_JSON'],
    ['a fraction', { master_key: { ...upload.master_key, extra: 0.5 } }, 400, 'M_BAD_JSON'],
  ];
  for (const [what, body, status, errcode] of cases) {
    const answer = await uploadIdentity(user, body);
    assert.deepEqual([answer.status, answer.body.errcode], [status, errcode], what);
  }
  const login = await server.api('POST', '/v3/login', {
    body: { type: 'm.login.password', user: user.userId, password: user.password, device_id: master.publicKey },
  });
  assert.equal(login.status, 200);
  const taken = await uploadIdentity(user, upload);
  assert.deepEqual([taken.status, taken.body.errcode], [403, 'M_FORBIDDEN'], 'a device has the name of the key');
  const own = await query(user, user);
  assert.deepEqual([own.master_keys, own.self_signing_keys, own.user_signing_keys], [{}, {}, {}]);
});

test('no device can log in under the name of a key', async () => {
  const user = await person('heidi');
  const answer = await server.api('POST', '/v3/login', {
    body: {
      type: 'm.login.password',
      user: user.userId,
      password: user.password,
      device_id: user.identity.selfSigning.publicKey,
    },
  });
  assert.deepEqual([answer.status, answer.body.errcode], [403, 'M_FORBIDDEN']);
});

test('signatures on the own device and master key are seen by everyone, those on others by the signer alone', async () => {
  const [alice, bob, eve] = [await person('ivan'), await person('judy'), await person('eve')];
  const device = signWith(alice.device.deviceKeys, bySelf(alice));
  const master = signWith(alice.identity.upload.master_key, {
    key: alice.device.key,
    userId: alice.userId,
    name: alice.deviceId,
  });
  const bobs = signWith(bob.identity.upload.master_key, byUser(alice));
  const since = (await alice.call('GET', '/v3/sync')).next_batch;
  const answer = await sign(alice, {
    [alice.userId]: { [alice.deviceId]: device, [alice.identity.master.publicKey]: master },
    [bob.userId]: { [bob.identity.master.publicKey]: bobs },
  });
  assert.deepEqual(answer.body, { failures: {} });
  const changes = async (user: TestUser) => (await user.call('GET', `/v3/sync?since=${since}`)).device_lists.changed;
  assert.deepEqual((await changes(alice)).sort(), [alice.userId, bob.userId].sort(), 'the other devices of the signer');
  assert.deepEqual(await changes(bob), []);
  for (const asker of [alice, bob, eve]) {
    const seen = await query(asker, alice);
    assert.deepEqual(seen.device_keys[alice.userId][alice.deviceId], { ...device, unsigned: {} });
    assert.deepEqual(seen.master_keys[alice.userId], master);
  }
  assert.deepEqual((await query(alice, bob)).master_keys[bob.userId], bobs);
  for (const asker of [bob, eve])
    assert.deepEqual((await query(asker, bob)).master_keys[bob.userId], bob.identity.upload.master_key);
  // The device uploads its keys again without the signature, as clients do: it is not lost.
  await alice.call('POST', '/v3/keys/upload', { device_keys: alice.device.deviceKeys });
  assert.deepEqual((await query(bob, alice)).device_keys[alice.userId][alice.deviceId].signatures, device.signatures);
});

test('false signatures are named one by one; the true ones beside them are taken', async () => {
  const [alice, bob] = [await person('kim'), await person('lena')];
  const forged = { key: createSigningKey(), userId: alice.userId, name: alice.identity.selfSigning.publicKey };
  const { deviceKeys } = alice.device;
  const master = alice.identity.upload.master_key;
  const fails = async (target: Person, name: string, object: unknown) => {
    const { status, body } = await sign(alice, { [target.userId]: { [name]: object } });
    assert.equal(status, 200);
    return body.failures[target.userId]?.[name]?.errcode;
  };
  assert.equal(await fails(alice, alice.deviceId, signWith(deviceKeys, forged)), 'M_INVALID_SIGNATURE');
  assert.equal(await fails(alice, alice.deviceId, deviceKeys), 'M_INVALID_SIGNATURE');
  const changed = signWith({ ...deviceKeys, algorithms: ['m.none'] }, bySelf(alice));
  assert.equal(await fails(alice, alice.deviceId, changed), 'M_INVALID_SIGNATURE');
  assert.equal(await fails(alice, 'NODEVICE', deviceKeys), 'M_NOT_FOUND');
  assert.equal(await fails(alice, alice.deviceId, { extra: 0.5 }), 'M_BAD_JSON');
  const forgedDevice = { ...forged, name: alice.deviceId };
  assert.equal(
    await fails(alice, alice.identity.master.publicKey, signWith(master, forgedDevice)),
    'M_INVALID_SIGNATURE',
  );
  assert.equal(
    await fails(alice, alice.identity.master.publicKey, signWith(master, byMaster(alice))),
    'M_INVALID_SIGNATURE',
  );
  const bobsMaster = bob.identity.upload.master_key;
  assert.equal(
    await fails(bob, bob.identity.master.publicKey, signWith(bobsMaster, bySelf(alice))),
    'M_INVALID_SIGNATURE',
  );
  assert.equal(
    await fails(bob, bob.identity.master.publicKey, signWith(bobsMaster, byUser(bob))),
    'M_INVALID_SIGNATURE',
  );
  assert.equal(await fails(bob, bob.deviceId, signWith(bob.device.deviceKeys, byUser(alice))), 'M_NOT_FOUND');
  const mixed = await sign(alice, {
    [alice.userId]: { [alice.deviceId]: signWith(deviceKeys, bySelf(alice)), NODEVICE: deviceKeys },
  });
  assert.deepEqual(Object.keys(mixed.body.failures[alice.userId]), ['NODEVICE']);
  const seen = await query(bob, alice);
  assert.deepEqual(
    seen.device_keys[alice.userId][alice.deviceId].signatures,
    signWith(deviceKeys, bySelf(alice)).signatures,
  );
  assert.deepEqual(seen.master_keys[alice.userId], master);
  assert.deepEqual((await query(alice, bob)).master_keys[bob.userId], bobsMaster);
  assert.deepEqual((await sign(alice, [])).body.errcode, 'M_BAD_JSON');
  assert.deepEqual((await sign(alice, { [alice.userId]: { A: 1 } })).body.errcode, 'M_BAD_JSON');
});

test('two first uploads at the same moment: one identity stands, the other is refused', async () => {
  const user = await person('mallory', true);
  const uploads = [createTestIdentity(user.userId).upload, createTestIdentity(user.userId).upload];
  const answers = await Promise.all(uploads.map((body) => uploadIdentity(user, body)));
  const winner = answers.findIndex(({ status }) => status === 200);
  assert.deepEqual(answers.map(({ status }) => status === 200).sort(), [false, true]);
  const own = await query(user, user);
  assert.deepEqual(own.master_keys[user.userId], uploads[winner]?.master_key);
  assert.deepEqual(own.self_signing_keys[user.userId], uploads[winner]?.self_signing_key);
});

test('a person who deactivates leaves no key behind', async () => {
  const [alice, bob] = [await person('nina'), await person('otto')];
  const bobsMaster = bob.identity.upload.master_key;
  await sign(alice, { [bob.userId]: { [bob.identity.master.publicKey]: signWith(bobsMaster, byUser(alice)) } });
  const first = await bob.api('POST', '/v3/account/deactivate', { body: {} });
  const auth = passwordOf(bob, first.body.session);
  assert.equal((await bob.api('POST', '/v3/account/deactivate', { body: { auth } })).status, 200);
  const seen = await query(alice, bob);
  assert.deepEqual([seen.device_keys, seen.master_keys, seen.self_signing_keys], [{ [bob.userId]: {} }, {}, {}]);
});
