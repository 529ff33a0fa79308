import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonBody, openServerWith, registerUser, type TestUser } from '@sotto/testing';
import { createTestDevice, createTestIdentity } from '../../../services/keys/key-fixture.ts';

const { server } = await openServerWith([]);

const path = '/unstable/org.matrix.msc3814.v1/dehydrated_device';
const deviceData = { algorithm: 'org.matrix.msc3814.v1.olm', device_pickle: 'secret' };

/** What a client uploads; the id is a curve25519 key in real life, slash included. */
function dehydrate(user: TestUser, deviceId: string) {
  const device = createTestDevice({ userId: user.userId, deviceId }, { dehydrated: true });
  return {
    device_id: deviceId,
    device_data: deviceData,
    initial_device_display_name: 'Dehydrated device',
    device_keys: device.deviceKeys,
    one_time_keys: device.claimable(1, 1),
    fallback_keys: device.claimable(100, 1, { fallback: true }),
  };
}
const send = (from: TestUser, to: TestUser, { deviceId, n }: { deviceId: string; n: number }) =>
  from.call('PUT', `/v3/sendToDevice/m.test/${deviceId.length}-${n}`, {
    messages: { [to.userId]: { [deviceId]: { n } } },
  });
const query = async (asker: TestUser, of: TestUser): Promise<JsonBody> =>
  (await asker.call('POST', '/v3/keys/query', { device_keys: { [of.userId]: [] } })).device_keys[of.userId];
const numbers = (answer: JsonBody) => answer.events.map(({ content }: JsonBody) => content.n);

test('a dehydrated device is laid down, found by others, gets messages, and is read by its owner', async () => {
  const [alice, bob] = [await registerUser(server, 'alice'), await registerUser(server, 'bob')];
  const nothing = await bob.api('GET', path);
  assert.deepEqual([nothing.status, nothing.body.errcode], [404, 'M_NOT_FOUND']);
  const body = dehydrate(bob, 'a/b+c');
  assert.deepEqual(await bob.call('PUT', path, body), { device_id: 'a/b+c' });
  assert.deepEqual(await bob.call('GET', path), { device_id: 'a/b+c', device_data: deviceData });
  assert.deepEqual((await query(alice, bob))['a/b+c'], {
    ...body.device_keys,
    unsigned: { device_display_name: 'Dehydrated device' },
  });
  const claim = { one_time_keys: { [bob.userId]: { 'a/b+c': 'signed_curve25519' } } };
  const claimed = await alice.call('POST', '/v3/keys/claim', claim);
  assert.deepEqual(claimed.one_time_keys[bob.userId]['a/b+c'], body.one_time_keys);
  await send(alice, bob, { deviceId: 'a/b+c', n: 1 });
  await send(alice, bob, { deviceId: '*', n: 2 });
  const events = `${path}/${encodeURIComponent('a/b+c')}/events`;
  assert.deepEqual(numbers(await bob.call('GET', events)), [1, 2]);
  assert.deepEqual(numbers(await bob.call('GET', events)), [1, 2], 'reading deletes nothing');
  const sync = await bob.call('GET', '/v3/sync');
  assert.deepEqual(sync.to_device.events.length, 1, 'the device in use gets its own alone');
  assert.equal((await bob.call('GET', '/v3/devices')).devices.length, 1, 'it is no login');
});

test('messages are read in pages: by GET until there is no token, by POST until a page is empty', async () => {
  const [alice, bob] = [await registerUser(server, 'carol'), await registerUser(server, 'dave')];
  await bob.call('PUT', path, dehydrate(bob, 'DRY'));
  for (let n = 0; n < 120; n++) await send(alice, bob, { deviceId: 'DRY', n });
  const expected = Array.from({ length: 120 }, (_, n) => n);
  const byGet: number[] = [];
  let from: string | undefined;
  do {
    const page = await bob.call('GET', `${path}/DRY/events${from === undefined ? '' : `?from=${from}`}`);
    assert.ok(page.events.length > 0, 'no empty page by GET');
    byGet.push(...numbers(page));
    from = page.next_batch;
  } while (from !== undefined);
  assert.deepEqual(byGet, expected);
  const byPost: number[] = [];
  let batch: string | undefined;
  for (;;) {
    const page = await bob.call('POST', `${path}/DRY/events`, batch === undefined ? {} : { next_batch: batch });
    if (page.events.length === 0) {
      assert.equal('next_batch' in page, false);
      break;
    }
    byPost.push(...numbers(page));
    batch = page.next_batch;
  }
  assert.deepEqual(byPost, expected);
  const small = await bob.call('GET', `${path}/DRY/events?limit=7`);
  assert.equal(small.events.length, 7);
});

test('a new one takes the place of the old one with all that belonged to it; deleting leaves nothing', async () => {
  const [alice, bob] = [await registerUser(server, 'erin'), await registerUser(server, 'frank')];
  await bob.call('PUT', path, dehydrate(bob, 'OLD'));
  await send(alice, bob, { deviceId: 'OLD', n: 1 });
  const { next_batch: since } = await bob.call('GET', '/v3/sync');
  await bob.call('PUT', path, dehydrate(bob, 'NEW'));
  assert.deepEqual((await bob.call('GET', `/v3/sync?since=${since}`)).device_lists.changed, [bob.userId]);
  assert.deepEqual(Object.keys(await query(alice, bob)), ['NEW']);
  const claim = { one_time_keys: { [bob.userId]: { OLD: 'signed_curve25519' } } };
  assert.deepEqual((await alice.call('POST', '/v3/keys/claim', claim)).one_time_keys, {});
  const foreign = await bob.api('GET', `${path}/OLD/events`);
  assert.deepEqual([foreign.status, foreign.body.errcode], [403, 'M_FORBIDDEN']);
  await bob.call('POST', '/v3/logout/all', {});
  assert.deepEqual(Object.keys(await query(alice, bob)), ['NEW'], 'it outlives every login');
  const login = { type: 'm.login.password', user: bob.userId, password: bob.password };
  const { body } = await server.api('POST', '/v3/login', { body: login });
  const again = (method: string, at: string) => server.api(method, at, { token: body.access_token });
  await send(alice, bob, { deviceId: 'NEW', n: 2 });
  assert.deepEqual((await again('DELETE', path)).body, { device_id: 'NEW' });
  assert.equal((await again('GET', path)).status, 404);
  assert.equal((await again('DELETE', path)).body.errcode, 'M_NOT_FOUND');
  assert.deepEqual(await query(alice, bob), {});
});

test('wrong dehydrated devices are refused, and nothing is stored', async () => {
  const [alice, bob] = [await registerUser(server, 'grace'), await registerUser(server, 'heidi')];
  const identity = createTestIdentity(bob.userId);
  await bob.call('POST', '/v3/keys/device_signing/upload', identity.upload);
  const good = dehydrate(bob, 'GOOD');
  const { device_keys: _gone, ...incomplete } = good;
  const cases: [what: string, body: unknown, status: number, errcode: string][] = [
    ['without keys', incomplete, 400, 'M_BAD_JSON'],
    ['keys of another device', { ...good, device_id: 'OTHER' }, 400, 'M_BAD_JSON'],
    ['keys of another person', { ...good, device_keys: dehydrate(alice, 'GOOD').device_keys }, 400, 'M_BAD_JSON'],
    ['not signed', { ...good, device_keys: { ...good.device_keys, signatures: {} } }, 400, 'M_INVALID_SIGNATURE'],
    ['no algorithm', { ...good, device_data: {} }, 400, 'M_BAD_JSON'],
    [
      'larger than any',
      { ...good, device_data: { ...good.device_data, long: 'x'.repeat(300_000) } },
      413,
      'M_TOO_LARGE',
    ],
    ['an id without end', dehydrate(bob, 'x'.repeat(300)), 400, 'M_INVALID_PARAM'],
    ['the id of a login', dehydrate(bob, bob.deviceId), 403, 'M_FORBIDDEN'],
    ['the id of a key', dehydrate(bob, identity.master.publicKey), 403, 'M_FORBIDDEN'],
  ];
  for (const [what, body, status, errcode] of cases) {
    const answer = await bob.api('PUT', path, { body });
    assert.deepEqual([answer.status, answer.body.errcode], [status, errcode], what);
  }
  assert.equal((await bob.api('GET', path)).status, 404);
  await bob.call('PUT', path, good);
  for (const from of ['x', '-1', '1e3']) {
    const answer = await bob.api('GET', `${path}/GOOD/events?from=${from}`);
    assert.deepEqual([answer.status, answer.body.errcode], [400, 'M_INVALID_PARAM'], from);
  }
  assert.equal((await alice.api('GET', `${path}/GOOD/events`)).body.errcode, 'M_FORBIDDEN');
  assert.equal((await alice.api('DELETE', path)).status, 404);
  assert.equal((await bob.api('GET', path)).status, 200);
});
