import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServerWith, registerUser, type TestUser } from '@sotto/testing';
import { createTestDevice } from '../../../services/keys/key-fixture.ts';

const { server } = await openServerWith([]);

const upload = (user: TestUser, body: unknown) => user.api('POST', '/v3/keys/upload', { body });
const claim = (user: TestUser, of: TestUser, algorithm = 'signed_curve25519') =>
  user.call('POST', '/v3/keys/claim', { one_time_keys: { [of.userId]: { [of.deviceId]: algorithm } } });
/** The one key that a claim brought. */
const claimed = (answer: { one_time_keys: Record<string, Record<string, object>> }, of: TestUser) =>
  Object.entries(answer.one_time_keys[of.userId]?.[of.deviceId] ?? {})[0];

test('keys that are uploaded can be asked for and claimed once', async () => {
  const [alice, bob] = [await registerUser(server, 'alice'), await registerUser(server, 'bob')];
  const device = createTestDevice(bob);
  const keys = device.claimable(1, 2);
  const answer = await upload(bob, { device_keys: device.deviceKeys, one_time_keys: keys });
  assert.deepEqual(answer.body, { one_time_key_counts: { signed_curve25519: 2 } });
  const asked = await alice.call('POST', '/v3/keys/query', { device_keys: { [bob.userId]: [] } });
  assert.deepEqual(asked.device_keys[bob.userId][bob.deviceId], { ...device.deviceKeys, unsigned: {} });
  assert.deepEqual(asked.failures, {});
  const first = claimed(await claim(alice, bob), bob);
  const second = claimed(await claim(alice, bob), bob);
  assert.deepEqual([first, second], Object.entries(keys));
  assert.equal(claimed(await claim(alice, bob), bob), undefined);
  assert.deepEqual((await upload(bob, {})).body, { one_time_key_counts: { signed_curve25519: 0 } });
});

test('the oldest key is claimed first, whatever its id', async () => {
  const bob = await registerUser(server, 'oldest');
  const device = createTestDevice(bob);
  await upload(bob, { one_time_keys: device.claimable(9, 1) });
  await upload(bob, { one_time_keys: device.claimable(1, 1) });
  assert.equal(claimed(await claim(bob, bob), bob)?.[0], 'signed_curve25519:AAAA9');
});

test('a key id is never given another key', async () => {
  const user = await registerUser(server, 'carol');
  const device = createTestDevice(user);
  const keys = device.claimable(1, 1);
  await upload(user, { one_time_keys: keys });
  assert.deepEqual((await upload(user, { one_time_keys: keys })).body.one_time_key_counts, { signed_curve25519: 1 });
  const other = { ...device.claimable(2, 1), ...device.claimable(1, 1) };
  const refused = await upload(user, { one_time_keys: other });
  assert.deepEqual([refused.status, refused.body.errcode], [400, 'M_UNKNOWN']);
  assert.deepEqual(claimed(await claim(user, user), user), Object.entries(keys)[0]);
  assert.equal(claimed(await claim(user, user), user), undefined, 'nothing of the refused upload was stored');
});

test('an upload that is repeated after its keys were claimed does not bring them back', async () => {
  const user = await registerUser(server, 'dave');
  const device = createTestDevice(user);
  const keys = device.claimable(1, 2);
  await upload(user, { one_time_keys: keys });
  await claim(user, user);
  const again = await upload(user, { one_time_keys: keys });
  assert.deepEqual(again.body.one_time_key_counts, { signed_curve25519: 1 });
  assert.equal(claimed(await claim(user, user), user)?.[0], 'signed_curve25519:AAAA2');
  assert.equal(claimed(await claim(user, user), user), undefined);
});

test('the fallback key serves when one-time keys run out, again and again, and is told to be used', async () => {
  const user = await registerUser(server, 'erin');
  const device = createTestDevice(user);
  const fallback = device.claimable(100, 1, { fallback: true });
  await upload(user, { one_time_keys: device.claimable(1, 1), fallback_keys: fallback });
  const unused = async () => (await user.call('GET', '/v3/sync')).device_unused_fallback_key_types;
  await claim(user, user);
  assert.deepEqual(await unused(), ['signed_curve25519']);
  for (let times = 0; times < 2; times++)
    assert.deepEqual(claimed(await claim(user, user), user), Object.entries(fallback)[0]);
  assert.deepEqual(await unused(), []);
  await upload(user, { fallback_keys: fallback });
  assert.deepEqual(await unused(), [], 'the same key again is not a fresh one');
  await upload(user, { fallback_keys: device.claimable(101, 1, { fallback: true }) });
  assert.deepEqual(await unused(), ['signed_curve25519']);
  const { device_one_time_keys_count: counts } = await user.call('GET', '/v3/sync');
  assert.deepEqual(counts, { signed_curve25519: 0 });
});

test('keys of somebody else, of another device, or signed wrongly are refused, and nothing is stored', async () => {
  const [user, other] = [await registerUser(server, 'frank'), await registerUser(server, 'grace')];
  const { deviceKeys } = createTestDevice(user);
  const stranger = createTestDevice(user);
  const { signatures: _none, ...unsigned } = deviceKeys;
  const cases: [what: string, keys: unknown, errcode: string][] = [
    ['of another person', createTestDevice(other).deviceKeys, 'M_BAD_JSON'],
    ['of another device', createTestDevice({ ...user, deviceId: 'OTHER' }).deviceKeys, 'M_BAD_JSON'],
    ['changed after signing', { ...deviceKeys, algorithms: ['m.none'] }, 'M_INVALID_SIGNATURE'],
    ['signed by another key', { ...deviceKeys, signatures: stranger.deviceKeys.signatures }, 'M_INVALID_SIGNATURE'],
    ['not signed', unsigned, 'M_BAD_JSON'],
    ['with an empty signature', { ...deviceKeys, signatures: {} }, 'M_INVALID_SIGNATURE'],
    ['with a key of another name', { ...deviceKeys, keys: { ...deviceKeys.keys, 'ed25519:X': 'x' } }, 'M_BAD_JSON'],
    ['with a fraction', { ...deviceKeys, extra: 1.5 }, 'M_BAD_JSON'],
    ['that are text', 'keys', 'M_BAD_JSON'],
  ];
  for (const [what, keys, errcode] of cases) {
    const answer = await upload(user, { device_keys: keys });
    assert.deepEqual([answer.status, answer.body.errcode], [400, errcode], what);
  }
  const asked = await user.call('POST', '/v3/keys/query', { device_keys: { [user.userId]: [], [other.userId]: [] } });
  assert.deepEqual(asked.device_keys, { [user.userId]: {}, [other.userId]: {} });
});

test('a device without a key to sign with is told as it is: there is nothing to check, and nobody can trust it', async () => {
  const user = await registerUser(server, 'olga');
  const { deviceKeys } = createTestDevice(user);
  for (const keys of [{ [`ed25519:${user.deviceId}`]: 'AAAA' }, {}]) {
    const opaque = { ...deviceKeys, keys, signatures: {} };
    assert.equal((await upload(user, { device_keys: opaque })).status, 200);
    const asked = await user.call('POST', '/v3/keys/query', { device_keys: { [user.userId]: [] } });
    assert.deepEqual(asked.device_keys[user.userId][user.deviceId].keys, keys);
  }
});

test('one-time keys of wrong shapes and huge names are refused', async () => {
  const user = await registerUser(server, 'heidi');
  const good = { key: 'AAAA', signatures: {} };
  const cases: [what: string, keys: unknown][] = [
    ['no colon', { signed_curve25519: good }],
    ['no id', { 'signed_curve25519:': good }],
    ['a huge id', { [`signed_curve25519:${'x'.repeat(300)}`]: good }],
    ['a number', { 'signed_curve25519:A': 1 }],
    ['text where an object belongs', { 'signed_curve25519:A': 'AAAA' }],
    ['a huge key', { 'signed_curve25519:A': { ...good, key: 'A'.repeat(10_000) } }],
    ['a list', [good]],
    ['a name with a line break', { 'signed_curve25519\n:A': 7 }],
    ['a name that is a prototype', JSON.parse('{"__proto__:A": {}}')],
  ];
  for (const [what, keys] of cases) {
    const answer = await upload(user, { one_time_keys: keys });
    assert.deepEqual([answer.status, answer.body.errcode], [400, 'M_BAD_JSON'], what);
  }
  assert.deepEqual((await upload(user, {})).body, { one_time_key_counts: { signed_curve25519: 0 } });
  assert.equal((await upload(user, { one_time_keys: { 'my_algorithm:1': 'my+base64+key' } })).status, 200);
});

test('a device has so much of keys and no more: of all algorithms together, and in bytes', async () => {
  const user = await registerUser(server, 'walter');
  const many = (algorithm: string) =>
    Object.fromEntries(Array.from({ length: 5001 }, (_, index) => [`${algorithm}:${index}`, 'key']));
  assert.equal((await upload(user, { one_time_keys: many('first') })).status, 200);
  const { deviceKeys } = createTestDevice(user);
  const opaque = { ...deviceKeys, keys: {}, signatures: {}, long: 'x'.repeat(300_000) };
  for (const body of [{ one_time_keys: many('second') }, { device_keys: opaque }]) {
    const answer = await upload(user, body);
    assert.deepEqual([answer.status, answer.body.errcode], [413, 'M_TOO_LARGE']);
  }
  assert.deepEqual((await upload(user, {})).body.one_time_key_counts, { signed_curve25519: 0, first: 5001 });
});

test('new identity keys end the one-time keys of the old ones; the same again change nothing', async () => {
  const user = await registerUser(server, 'ivan');
  const device = createTestDevice(user);
  await upload(user, { device_keys: device.deviceKeys, one_time_keys: device.claimable(1, 3) });
  const { next_batch: since } = await user.call('GET', '/v3/sync');
  const changes = async () => (await user.call('GET', `/v3/sync?since=${since}`)).device_lists.changed;
  const same = await upload(user, { device_keys: device.deviceKeys });
  assert.deepEqual(same.body.one_time_key_counts, { signed_curve25519: 3 });
  assert.deepEqual(await changes(), []);
  const changed = await upload(user, { device_keys: createTestDevice(user).deviceKeys });
  assert.deepEqual(changed.body.one_time_key_counts, { signed_curve25519: 0 });
  assert.deepEqual(await changes(), [user.userId]);
});

test('asking for keys: chosen devices, people elsewhere and people who do not exist', async () => {
  const user = await registerUser(server, 'judy');
  const { deviceKeys } = createTestDevice(user);
  await upload(user, { device_keys: deviceKeys });
  const ask = (wanted: unknown) => user.api('POST', '/v3/keys/query', { body: { device_keys: wanted } });
  const elsewhere = '@x:elsewhere.example';
  const nobody = '@nobody:localhost';
  const { body } = await ask({ [user.userId]: ['NONE'], [elsewhere]: [], [nobody]: [], nonsense: [] });
  assert.deepEqual(body.device_keys, { [user.userId]: {} });
  assert.deepEqual(Object.keys(body.failures), ['elsewhere.example']);
  const chosen = await ask({ [user.userId]: [user.deviceId] });
  assert.deepEqual(Object.keys(chosen.body.device_keys[user.userId]), [user.deviceId]);
  for (const wrong of [undefined, [], { [user.userId]: user.deviceId }, { [user.userId]: [1] }, { 'a\nb': 1 }]) {
    const answer = await ask(wrong);
    assert.deepEqual([answer.status, answer.body.errcode], [400, 'M_BAD_JSON']);
  }
  const claimAll = { one_time_keys: { [elsewhere]: { A: 'signed_curve25519' }, [nobody]: { A: 'signed_curve25519' } } };
  const claimed = await user.call('POST', '/v3/keys/claim', claimAll);
  assert.deepEqual([claimed.one_time_keys, Object.keys(claimed.failures)], [{}, ['elsewhere.example']]);
  const wrong = await user.api('POST', '/v3/keys/claim', { body: { one_time_keys: { [nobody]: { A: 1 } } } });
  assert.deepEqual([wrong.status, wrong.body.errcode], [400, 'M_BAD_JSON']);
});
