import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServerWith, registerUser, type TestUser } from '@sotto/testing';

const { server } = await openServerWith([]);

const algorithm = 'm.megolm_backup.v1.curve25519-aes-sha2';
const key = (quality: object = {}, secret = 'x') => ({
  first_message_index: 5,
  forwarded_count: 5,
  is_verified: false,
  session_data: { ciphertext: secret },
  ...quality,
});
const create = async (user: TestUser): Promise<string> =>
  (await user.call('POST', '/v3/room_keys/version', { algorithm, auth_data: { public_key: 'abc' } })).version;
const room = encodeURIComponent('!room:localhost');
const errorOf = ({ status, body }: { status: number; body: { errcode: string } }) => [status, body.errcode];

test('a backup is made, described, changed, replaced and deleted', async () => {
  const user = await registerUser(server, 'alice');
  assert.deepEqual(errorOf(await user.api('GET', '/v3/room_keys/version')), [404, 'M_NOT_FOUND']);
  const version = await create(user);
  const described = { algorithm, auth_data: { public_key: 'abc' }, count: 0, etag: '0', version };
  assert.deepEqual(await user.call('GET', '/v3/room_keys/version'), described);
  assert.deepEqual(await user.call('GET', `/v3/room_keys/version/${version}`), described);
  const auth_data = { public_key: 'abc', signatures: {} };
  await user.call('PUT', `/v3/room_keys/version/${version}`, { algorithm, auth_data, version });
  assert.deepEqual((await user.call('GET', '/v3/room_keys/version')).auth_data, auth_data);
  const newer = await create(user);
  assert.notEqual(newer, version);
  assert.equal((await user.call('GET', '/v3/room_keys/version')).version, newer);
  assert.deepEqual(await user.call('DELETE', `/v3/room_keys/version/${newer}`), {});
  assert.deepEqual(await user.call('DELETE', `/v3/room_keys/version/${newer}`), {}, 'twice is no error');
  assert.equal((await user.call('GET', '/v3/room_keys/version')).version, version, 'the one before is current again');
  assert.notEqual(await create(user), newer, 'a version is never given out twice');
});

test('what is wrong with a backup is said by the errcode of the specification', async () => {
  const [user, other] = [await registerUser(server, 'bob'), await registerUser(server, 'carol')];
  const version = await create(user);
  const put = (by: TestUser, path: string, body: object) => by.api('PUT', `/v3/room_keys/version/${path}`, { body });
  const auth_data = {};
  assert.deepEqual(errorOf(await put(user, version, { algorithm: 'other', auth_data })), [400, 'M_INVALID_PARAM']);
  assert.deepEqual(errorOf(await put(user, version, { algorithm, auth_data, version: '9' })), [400, 'M_INVALID_PARAM']);
  assert.deepEqual(errorOf(await put(user, version, { algorithm })), [400, 'M_BAD_JSON']);
  for (const path of ['99', '0', '-1', 'latest', '1e0']) {
    assert.deepEqual(errorOf(await put(user, path, { algorithm, auth_data })), [404, 'M_NOT_FOUND'], path);
    assert.deepEqual(errorOf(await user.api('GET', `/v3/room_keys/version/${path}`)), [404, 'M_NOT_FOUND'], path);
    assert.deepEqual(errorOf(await user.api('DELETE', `/v3/room_keys/version/${path}`)), [404, 'M_NOT_FOUND'], path);
    assert.deepEqual(errorOf(await user.api('GET', `/v3/room_keys/keys?version=${path}`)), [404, 'M_NOT_FOUND'], path);
  }
  assert.deepEqual(errorOf(await put(other, version, { algorithm, auth_data })), [404, 'M_NOT_FOUND'], 'of another');
  for (const wrong of [{}, { algorithm }, { algorithm: 1, auth_data }, { algorithm, auth_data: 'x' }, []])
    assert.deepEqual(errorOf(await user.api('POST', '/v3/room_keys/version', { body: wrong })), [400, 'M_BAD_JSON']);
});

test('keys are stored and read by session, by room and all together', async () => {
  const user = await registerUser(server, 'dave');
  const version = await create(user);
  const at = (path: string) => `/v3/room_keys/keys${path}?version=${version}`;
  assert.deepEqual(await user.call('GET', at('')), { rooms: {} });
  assert.deepEqual(await user.call('GET', at(`/${room}`)), { sessions: {} });
  assert.deepEqual(errorOf(await user.api('GET', at(`/${room}/s1`))), [404, 'M_NOT_FOUND']);
  assert.deepEqual(await user.call('PUT', at(`/${room}/s1`), key()), { etag: '1', count: 1 });
  assert.deepEqual(await user.call('PUT', at(`/${room}`), { sessions: { s2: key(), s3: key() } }), {
    etag: '2',
    count: 3,
  });
  const all = { rooms: { '!other:localhost': { sessions: { 's/4+': key() } }, '!empty:localhost': { sessions: {} } } };
  assert.deepEqual(await user.call('PUT', at(''), all), { etag: '3', count: 4 });
  assert.deepEqual(await user.call('GET', at(`/${room}/s1`)), key());
  assert.deepEqual(Object.keys((await user.call('GET', at(`/${room}`))).sessions), ['s1', 's2', 's3']);
  const { rooms } = await user.call('GET', at(''));
  assert.deepEqual(Object.keys(rooms), ['!other:localhost', '!room:localhost']);
  const slashed = `/${encodeURIComponent('!other:localhost')}/${encodeURIComponent('s/4+')}`;
  assert.deepEqual(await user.call('GET', at(slashed)), key());
  assert.deepEqual(await user.call('DELETE', at(`/${room}/s1`)), { etag: '4', count: 3 });
  assert.deepEqual(await user.call('DELETE', at(`/${room}/s1`)), { etag: '4', count: 3 }, 'nothing changed');
  assert.deepEqual(await user.call('DELETE', at(`/${room}`)), { etag: '5', count: 1 });
  assert.deepEqual(await user.call('DELETE', at('')), { etag: '6', count: 0 });
  const { count, etag } = await user.call('GET', '/v3/room_keys/version');
  assert.deepEqual([count, etag], [0, '6']);
});

test('of two keys the better one is kept: verified, then the lower index, then fewer forwards', async () => {
  const user = await registerUser(server, 'erin');
  const version = await create(user);
  const path = `/v3/room_keys/keys/${room}/s?version=${version}`;
  const steps: [quality: object, isKept: boolean][] = [
    [{}, true],
    [{ forwarded_count: 6 }, false],
    [{ forwarded_count: 5 }, false],
    [{ forwarded_count: 4 }, true],
    [{ first_message_index: 6, forwarded_count: 0 }, false],
    [{ first_message_index: 4, forwarded_count: 9 }, true],
    [{ is_verified: true, first_message_index: 9, forwarded_count: 9 }, true],
    [{ is_verified: false, first_message_index: 0, forwarded_count: 0 }, false],
    [{ is_verified: true, first_message_index: 8, forwarded_count: 9 }, true],
  ];
  let etag = '0';
  for (const [index, [quality, isKept]] of steps.entries()) {
    const answer = await user.call('PUT', path, key(quality, `key ${index}`));
    assert.equal(answer.etag !== etag, isKept, `etag at step ${index}`);
    assert.equal(answer.count, 1);
    etag = answer.etag;
    assert.equal((await user.call('GET', path)).session_data.ciphertext === `key ${index}`, isKept, `step ${index}`);
  }
});

test('keys are written to the current backup alone; older ones stay readable', async () => {
  const user = await registerUser(server, 'frank');
  const old = await create(user);
  await user.call('PUT', `/v3/room_keys/keys/${room}/s?version=${old}`, key());
  const current = await create(user);
  const refused = await user.api('PUT', `/v3/room_keys/keys/${room}/s?version=${old}`, { body: key() });
  assert.deepEqual(errorOf(refused), [403, 'M_WRONG_ROOM_KEYS_VERSION']);
  assert.equal(refused.body.current_version, current);
  assert.deepEqual(await user.call('GET', `/v3/room_keys/keys/${room}/s?version=${old}`), key());
  assert.deepEqual(await user.call('GET', `/v3/room_keys/keys?version=${current}`), { rooms: {} });
  await user.call('DELETE', `/v3/room_keys/version/${old}`);
  assert.deepEqual(errorOf(await user.api('GET', `/v3/room_keys/keys?version=${old}`)), [404, 'M_NOT_FOUND']);
});

test('keys of wrong shapes are refused, and none beside them is stored', async () => {
  const user = await registerUser(server, 'grace');
  const version = await create(user);
  const put = (path: string, body: unknown) =>
    user.api('PUT', `/v3/room_keys/keys${path}?version=${version}`, { body });
  const { is_verified: _gone, ...incomplete } = key();
  const wrong = [
    incomplete,
    key({ first_message_index: '5' }),
    key({ first_message_index: -1 }),
    key({ forwarded_count: 0.5 }),
    key({ is_verified: 'yes' }),
    key({ session_data: 'text' }),
    null,
  ];
  for (const each of wrong) {
    assert.deepEqual(errorOf(await put(`/${room}/s`, each)), [400, 'M_BAD_JSON']);
    assert.deepEqual(errorOf(await put(`/${room}`, { sessions: { good: key(), bad: each } })), [400, 'M_BAD_JSON']);
    assert.deepEqual(errorOf(await put('', { rooms: { '!a\nb': { sessions: { bad: each } } } })), [400, 'M_BAD_JSON']);
  }
  assert.deepEqual(errorOf(await put('', { rooms: { '!a\nb': 5 } })), [400, 'M_BAD_JSON']);
  assert.deepEqual(errorOf(await put('', {})), [400, 'M_BAD_JSON']);
  assert.deepEqual(errorOf(await put(`/${room}/${'s'.repeat(300)}`, key())), [400, 'M_INVALID_PARAM']);
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const answer = await user.api(method, `/v3/room_keys/keys/${room}/s`, method === 'PUT' ? { body: key() } : {});
    assert.deepEqual(errorOf(answer), [400, 'M_MISSING_PARAM'], method);
  }
  assert.deepEqual(await user.call('GET', `/v3/room_keys/keys?version=${version}`), { rooms: {} });
});

test('keys are told in parts where they are asked for so, each once and in order', async () => {
  const user = await registerUser(server, 'slices');
  const version = await create(user);
  const rooms = Object.fromEntries(
    ['!a:x', '!b:x', '!c:x'].map((roomId) => [
      roomId,
      { sessions: Object.fromEntries(['1', '2', '3'].map((id) => [id, key()])) },
    ]),
  );
  await user.call('PUT', `/v3/room_keys/keys?version=${version}`, { rooms });
  const told: string[] = [];
  const sizes: number[] = [];
  let from = '';
  do {
    const answer = await user.call('GET', `/v3/room_keys/keys?version=${version}&org.sotto.limit=4${from}`);
    const part = Object.entries<{ sessions: object }>(answer.rooms).flatMap(([roomId, { sessions }]) =>
      Object.keys(sessions).map((id) => roomId + id),
    );
    told.push(...part);
    sizes.push(part.length);
    from = answer['org.sotto.next_batch'] ? `&org.sotto.from=${answer['org.sotto.next_batch']}` : '';
  } while (from);
  assert.deepEqual(sizes, [4, 4, 1]);
  assert.deepEqual(
    told,
    ['!a:x', '!b:x', '!c:x'].flatMap((id) => [1, 2, 3].map((n) => id + n)),
  );
  assert.deepEqual((await user.call('GET', `/v3/room_keys/keys?version=${version}`)).rooms, rooms, 'all, unasked');
  for (const wrong of ['org.sotto.limit=0', 'org.sotto.limit=x', 'org.sotto.limit=1&org.sotto.from=%7B%7D']) {
    const answer = await user.api('GET', `/v3/room_keys/keys?version=${version}&${wrong}`);
    assert.deepEqual(errorOf(answer), [400, 'M_INVALID_PARAM']);
  }
});
