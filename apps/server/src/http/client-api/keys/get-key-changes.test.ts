import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServerWith, registerUser, type TestUser } from '@sotto/testing';
import { createTestDevice } from '../../../services/keys/key-fixture.ts';

const { server } = await openServerWith([]);

const publish = (user: TestUser) =>
  user.call('POST', '/v3/keys/upload', { device_keys: createTestDevice(user).deviceKeys });
const join = (user: TestUser, roomId: string) => user.call('POST', `/v3/join/${encodeURIComponent(roomId)}`, {});
const leave = (user: TestUser, roomId: string) =>
  user.call('POST', `/v3/rooms/${encodeURIComponent(roomId)}/leave`, {});
const now = async (user: TestUser): Promise<string> => (await user.call('GET', '/v3/sync')).next_batch;
const lists = async (user: TestUser, since: string) => {
  const { device_lists, next_batch } = await user.call('GET', `/v3/sync?since=${since}`);
  const asked = await user.call('GET', `/v3/keys/changes?from=${since}&to=${next_batch}`);
  assert.deepEqual(asked, device_lists, 'both ways to ask say the same');
  return { changed: device_lists.changed.sort(), left: device_lists.left.sort() };
};

test('sync and /keys/changes say whose keys changed, who came and who went', async () => {
  const [alice, bob, eve] = await Promise.all(['alice', 'bob', 'eve'].map((name) => registerUser(server, name)));
  assert.ok(alice && bob && eve);
  const { room_id } = await alice.call('POST', '/v3/createRoom', { preset: 'public_chat' });
  let since = await now(alice);
  await publish(eve);
  assert.deepEqual(await lists(alice, since), { changed: [], left: [] });
  await join(bob, room_id);
  assert.deepEqual(await lists(alice, since), { changed: [bob.userId], left: [] });
  since = await now(alice);
  await alice.call('PUT', `/v3/profile/${alice.userId}/displayname`, { displayname: 'Al' });
  await bob.call('PUT', `/v3/profile/${bob.userId}/displayname`, { displayname: 'Bo' });
  assert.deepEqual(await lists(alice, since), { changed: [], left: [] }, 'a changed name is no news of keys');
  const poll = alice.call('GET', `/v3/sync?since=${await now(alice)}&timeout=55000`);
  await publish(bob);
  assert.deepEqual((await poll).device_lists, { changed: [bob.userId], left: [] });
  since = await now(alice);
  await leave(bob, room_id);
  assert.deepEqual(await lists(alice, since), { changed: [], left: [bob.userId] });
  since = await now(alice);
  await publish(bob);
  assert.deepEqual(await lists(alice, since), { changed: [], left: [] });
  const bobSince = await now(bob);
  await join(bob, room_id);
  assert.deepEqual(await lists(alice, since), { changed: [bob.userId], left: [] });
  assert.deepEqual(await lists(bob, bobSince), { changed: [alice.userId], left: [] });
});

test('tokens that were not given out are refused', async () => {
  const user = await registerUser(server, 'carol');
  const to = await now(user);
  for (const [query, errcode] of [
    [`to=${to}`, 'M_MISSING_PARAM'],
    [`from=x&to=${to}`, 'M_INVALID_PARAM'],
    [`from=${to}&to=s99999999`, 'M_INVALID_PARAM'],
  ]) {
    const { status, body } = await user.api('GET', `/v3/keys/changes?${query}`);
    assert.deepEqual([status, body.errcode], [400, errcode], query);
  }
  assert.deepEqual(await user.call('GET', `/v3/keys/changes?from=${to}`), { changed: [], left: [] });
});
