import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom, openServerWith } from '@sotto/testing';

// A memory in which what the first test sends has no place.
const { server, eve } = await openServerWith(['eve'], { nodeFlags: ['--max-old-space-size=70'] });

const many = (count: number) => Array.from({ length: count }, (_, index) => `@u${index}:localhost`);
const long = 'x'.repeat(3_000_000);

test('B2: what a stranger begins and never ends keeps no memory', async () => {
  const register = (name: string, size: number) => {
    const body = { username: name, password: 'a password', initial_device_display_name: 'x'.repeat(size) };
    return server.api('POST', '/v3/register', { body: { ...body, more: 'x'.repeat(size) } });
  };
  assert.deepEqual((await register('large', 2_000_000)).body.errcode, 'M_TOO_LARGE');
  assert.equal((await register('named', 300)).body.errcode, 'M_INVALID_PARAM', 'a device has a short name');
  for (let wave = 0; wave < 50; wave++) {
    const waves = Array.from({ length: 25 }, (_, index) => {
      const more = `${wave} ${index} ${'x'.repeat(60_000)}`;
      return server.api('POST', '/v3/register', { body: { username: `begun${wave}-${index}`, password: 'x', more } });
    });
    for (const { status } of await Promise.all(waves)) assert.equal(status, 401);
  }
});

test('B2: one request of many parts does not make all others wait', async () => {
  const states = (count: number) => many(count).map((key) => ({ type: 'a', state_key: key, content: {} }));
  const tooMuch: [string, string, object][] = [
    ['POST', '/v3/createRoom', { initial_state: states(20_000) }],
    ['POST', '/v3/createRoom', { invite: many(20_000) }],
  ];
  for (const [method, path, body] of tooMuch) {
    const answer = await eve.api(method, path, { body });
    assert.deepEqual([answer.status, answer.body.errcode], [400, 'M_INVALID_PARAM']);
  }
  const devices = many(100_000);
  const auth = { type: 'm.login.password', password: eve.password };
  // In turns, and the shortest of each: what else the machine does only ever makes a time longer. For as long as the one is
  // too long beside the other: what it takes by itself stays so.
  let [deletedMs, usualMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const isAlike = () => deletedMs < usualMs * 5 + 500;
  for (let round = 0; round < 3 || (round < 20 && !isAlike()); round++) {
    const begun = performance.now();
    assert.equal((await eve.api('POST', '/v3/delete_devices', { body: { devices, auth } })).status, 200);
    deletedMs = Math.min(deletedMs, performance.now() - begun);
    const usual = performance.now();
    const body = { device_keys: Object.fromEntries(devices.map((id) => [id, []])) };
    await eve.api('POST', '/v3/keys/query', { body });
    usualMs = Math.min(usualMs, performance.now() - usual);
  }
  assert.ok(isAlike(), `${deletedMs} ms, beside ${usualMs} ms of a request as long`);
});

test('B2: short things are kept short', async () => {
  const room = await createTestRoom(eve);
  const login = { type: 'm.login.password', user: 'eve', password: eve.password, initial_device_display_name: long };
  const cases: [string, string, object][] = [
    ['POST', '/v3/login', { ...login, initial_device_display_name: 'x'.repeat(300) }],
    ['POST', '/v3/login', login],
    ['POST', room.at('read_markers'), { 'm.fully_read': `$${long}` }],
    ['POST', room.at('report'), { reason: long }],
    ['POST', room.at('leave'), { reason: long }],
    ['PUT', `/v3/user/${eve.userId}/account_data/m.ignored_user_list`, { long }],
    ['POST', `/v3/user/${eve.userId}/filter`, { room: { rooms: many(10_000) } }],
  ];
  for (const [method, path, body] of cases) {
    const answer = await eve.api(method, path, { body });
    assert.ok([400, 404, 413].includes(answer.status), `${path} ${answer.status}`);
    assert.match(answer.body.errcode, /^M_(INVALID_PARAM|TOO_LARGE|NOT_FOUND)$/);
  }
});

test('B2: nobody has the server remember for them what is large', async () => {
  const room = await createTestRoom(eve);
  // In the memory that this server has these would find no place.
  const content = { text: 'x'.repeat(60_000) };
  for (let wave = 0; wave < 55; wave++) {
    const waves = Array.from({ length: 20 }, (_, index) =>
      eve.api('PUT', room.at(`state/org.example.large/${wave}-${index}`), { body: { ...content, wave, index } }),
    );
    for (const { status } of await Promise.all(waves)) assert.equal(status, 200);
  }
  for (let wave = 0; wave < 10; wave++) {
    const waves = Array.from({ length: 20 }, async (_, index) => {
      const rooms = Array.from({ length: 2500 }, (__, number) => `!${wave}-${index}-${number}:localhost`);
      const { filter_id: id } = await eve.call('POST', `/v3/user/${eve.userId}/filter`, { room: { rooms } });
      assert.equal((await eve.api('GET', `/v3/sync?filter=${id}`)).status, 200);
    });
    await Promise.all(waves);
  }
});
