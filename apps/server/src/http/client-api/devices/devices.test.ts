import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Api, createApi, openServerWith, registerUser, type TestUser } from '@sotto/testing';
import { createTestDevice } from '../../../services/keys/key-fixture.ts';

const { server } = await openServerWith([]);

/** Another login of the same person, with published keys. */
async function logIn(user: TestUser, deviceId: string): Promise<Api> {
  const { body } = await server.api('POST', '/v3/login', {
    body: { type: 'm.login.password', user: user.userId, password: user.password, device_id: deviceId },
  });
  const api = createApi(server.url, body.access_token);
  const device = createTestDevice({ userId: user.userId, deviceId });
  const keys = { device_keys: device.deviceKeys, one_time_keys: device.claimable(1, 1) };
  assert.equal((await api('POST', '/v3/keys/upload', { body: keys })).status, 200);
  return api;
}

const devicesOf = async (user: TestUser): Promise<string[]> =>
  (await user.call('GET', '/v3/devices')).devices.map((device: { device_id: string }) => device.device_id).sort();
const proof = (user: TestUser, session: string) => ({
  auth: { type: 'm.login.password', user: user.userId, password: user.password, session },
});

test('devices are listed, shown and renamed, each person their own', async () => {
  const [user, other] = [await registerUser(server, 'alice'), await registerUser(server, 'bob')];
  const { devices } = await user.call('GET', '/v3/devices');
  assert.equal(devices.length, 1);
  assert.equal(devices[0].device_id, user.deviceId);
  assert.equal(typeof devices[0].last_seen_ts, 'number');
  // Addresses are not kept, but matrix-nio takes no list without them.
  assert.equal(devices[0].last_seen_ip, '');
  const path = `/v3/devices/${user.deviceId}`;
  assert.deepEqual((await user.api('PUT', path, { body: { display_name: 'My phone' } })).body, {});
  assert.equal((await user.call('GET', path)).display_name, 'My phone');
  await user.call('PUT', path, {});
  assert.equal((await user.call('GET', path)).display_name, 'My phone');
  for (const method of ['GET', 'PUT']) {
    const body = method === 'PUT' ? { display_name: 'x' } : undefined;
    const answer = await other.api(method, path, { body });
    assert.deepEqual([answer.status, answer.body.errcode], [404, 'M_NOT_FOUND'], method);
  }
  const long = await user.api('PUT', path, { body: { display_name: 'x'.repeat(300) } });
  assert.deepEqual([long.status, long.body.errcode], [400, 'M_INVALID_PARAM']);
  const wrong = await user.api('PUT', path, { body: { display_name: 7 } });
  assert.deepEqual([wrong.status, wrong.body.errcode], [400, 'M_BAD_JSON']);
});

test('a login under the id of a device that is there tells its own time, and a use or a name none', async () => {
  const user = await registerUser(server, 'dora');
  const timeOf = async () => (await user.call('GET', '/v3/devices/PHONE'))['org.sotto.logged_in_ts'];
  const phone = await logIn(user, 'PHONE');
  const first = await timeOf();
  assert.equal(typeof first, 'number');
  await phone('GET', '/v3/sync');
  await user.call('PUT', '/v3/devices/PHONE', { display_name: 'My phone' });
  assert.equal(await timeOf(), first);
  await logIn(user, 'PHONE');
  assert.ok((await timeOf()) > first);
});

test("a device's new name is told with its keys", async () => {
  const user = await registerUser(server, 'carol');
  await logIn(user, 'PHONE');
  const { next_batch: since } = await user.call('GET', '/v3/sync');
  await user.call('PUT', '/v3/devices/PHONE', { display_name: 'My phone' });
  assert.deepEqual((await user.call('GET', `/v3/sync?since=${since}`)).device_lists.changed, [user.userId]);
  const { device_keys } = await user.call('POST', '/v3/keys/query', { device_keys: { [user.userId]: [] } });
  assert.deepEqual(device_keys[user.userId].PHONE.unsigned, { device_display_name: 'My phone' });
});

test('deleting a device needs the password and takes its token, keys and messages away', async () => {
  const user = await registerUser(server, 'dave');
  const phone = await logIn(user, 'PHONE');
  await user.call('PUT', '/v3/sendToDevice/m.test/1', { messages: { [user.userId]: { PHONE: { n: 1 } } } });
  const { next_batch: since } = await user.call('GET', '/v3/sync');
  const first = await user.api('DELETE', '/v3/devices/PHONE', { body: {} });
  assert.deepEqual([first.status, first.body.flows], [401, [{ stages: ['m.login.password'] }]]);
  const elsewhere = await user.api('DELETE', '/v3/devices/OTHER', { body: proof(user, first.body.session) });
  assert.deepEqual([elsewhere.status, elsewhere.body.errcode], [403, 'M_FORBIDDEN'], 'a session is for one act');
  const second = await user.api('DELETE', '/v3/devices/PHONE', { body: {} });
  const wrong = { auth: { ...proof(user, second.body.session).auth, password: 'wrong' } };
  assert.equal((await user.api('DELETE', '/v3/devices/PHONE', { body: wrong })).status, 401);
  assert.deepEqual(await devicesOf(user), [user.deviceId, 'PHONE'].sort());
  const done = await user.api('DELETE', '/v3/devices/PHONE', { body: proof(user, second.body.session) });
  assert.deepEqual([done.status, done.body], [200, {}]);
  assert.deepEqual(await devicesOf(user), [user.deviceId]);
  assert.equal((await phone('GET', '/v3/account/whoami')).body.errcode, 'M_UNKNOWN_TOKEN');
  assert.deepEqual((await user.call('GET', `/v3/sync?since=${since}`)).device_lists.changed, [user.userId]);
  const { device_keys } = await user.call('POST', '/v3/keys/query', { device_keys: { [user.userId]: [] } });
  assert.deepEqual(device_keys, { [user.userId]: {} });
  const claim = { one_time_keys: { [user.userId]: { PHONE: 'signed_curve25519' } } };
  assert.deepEqual((await user.call('POST', '/v3/keys/claim', claim)).one_time_keys, {});
  const { body } = await server.api('POST', '/v3/login', {
    body: { type: 'm.login.password', user: user.userId, password: user.password, device_id: 'PHONE' },
  });
  const again = await server.api('GET', '/v3/sync', { token: body.access_token });
  assert.deepEqual(again.body.to_device.events, [], 'a new device of the same name gets nothing old');
});

test('a session that was opened for one device is of no use for another', async () => {
  const user = await registerUser(server, 'erin');
  await logIn(user, 'PHONE');
  const { body } = await user.api('DELETE', '/v3/devices/OTHER', { body: {} });
  const auth = { session: body.session };
  assert.equal((await user.api('DELETE', '/v3/devices/PHONE', { body: { auth } })).status, 403);
  assert.deepEqual(await devicesOf(user), [user.deviceId, 'PHONE'].sort());
});

test('many devices are deleted at once, and nobody deletes those of another', async () => {
  const [user, other] = [await registerUser(server, 'frank'), await registerUser(server, 'grace')];
  for (const name of ['A', 'B', 'C']) await logIn(user, name);
  const remove = (by: TestUser, body: object) => by.api('POST', '/v3/delete_devices', { body });
  const devices = ['A', 'B', 'NONE'];
  const foreign = await remove(other, { devices });
  assert.equal((await remove(other, { devices, ...proof(other, foreign.body.session) })).status, 200);
  assert.equal((await devicesOf(user)).length, 4, 'those are names of the other person, who has none such');
  const first = await remove(user, { devices });
  assert.equal((await remove(user, { devices, ...proof(other, first.body.session) })).status, 403);
  assert.equal((await remove(user, { devices, ...proof(user, first.body.session) })).status, 200);
  assert.deepEqual(await devicesOf(user), [user.deviceId, 'C'].sort());
  for (const wrong of [{}, { devices: 'A' }, { devices: [1] }])
    assert.equal((await remove(user, wrong)).body.errcode, 'M_BAD_JSON');
});

test('logging out takes the keys of the device away and tells who shares a room', async () => {
  const [alice, bob] = [await registerUser(server, 'heidi'), await registerUser(server, 'ivan')];
  const { room_id } = await alice.call('POST', '/v3/createRoom', { preset: 'public_chat' });
  await bob.call('POST', `/v3/join/${encodeURIComponent(room_id)}`, {});
  const phone = await logIn(bob, 'PHONE');
  const { next_batch: since } = await alice.call('GET', '/v3/sync');
  const poll = alice.call('GET', `/v3/sync?since=${since}&timeout=55000`);
  await phone('POST', '/v3/logout', { body: {} });
  assert.deepEqual((await poll).device_lists, { changed: [bob.userId], left: [] });
  const { device_keys } = await alice.call('POST', '/v3/keys/query', { device_keys: { [bob.userId]: [] } });
  assert.deepEqual(device_keys[bob.userId], {});
});
