import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonBody, openServerWith, registerUser, type TestUser, until } from '@sotto/testing';

const { server } = await openServerWith([]);

let transactions = 0;
const send = (from: TestUser, messages: unknown, { type = 'm.test', txnId = `t${transactions++}` } = {}) =>
  from.api('PUT', `/v3/sendToDevice/${encodeURIComponent(type)}/${txnId}`, { body: { messages } });
const sync = (user: TestUser, since?: string): Promise<JsonBody> =>
  user.call('GET', `/v3/sync${since === undefined ? '' : `?since=${since}`}`);
const contents = (answer: JsonBody) => answer.to_device.events.map(({ content }: JsonBody) => content.n);

/** A second login of the same person. */
async function logInAgain(user: TestUser, deviceId: string): Promise<TestUser> {
  const { body } = await server.api('POST', '/v3/login', {
    body: { type: 'm.login.password', user: user.userId, password: user.password, device_id: deviceId },
  });
  const call = async (method: string, path: string, json?: unknown) =>
    (await server.api(method, path, { token: body.access_token, body: json })).body;
  const api: TestUser['api'] = (method, path, options) =>
    server.api(method, path, { ...options, token: body.access_token });
  return { ...user, deviceId, accessToken: body.access_token, api, call };
}

test('a message reaches the named device, with its sender, and is gone only after the next since', async () => {
  const [alice, bob] = [await registerUser(server, 'alice'), await registerUser(server, 'bob')];
  const { next_batch: start } = await sync(bob);
  assert.deepEqual((await send(alice, { [bob.userId]: { [bob.deviceId]: { n: 1 } } })).body, {});
  const first = await sync(bob, start);
  assert.deepEqual(first.to_device.events, [{ type: 'm.test', sender: alice.userId, content: { n: 1 } }]);
  assert.deepEqual(contents(await sync(bob, start)), [1], 'an answer that was lost is given again');
  assert.deepEqual(contents(await sync(bob, first.next_batch)), []);
  const isGone = async () => contents(await sync(bob, start)).length === 0;
  await until(isGone, { what: 'the acknowledged message is gone' });
});

test('a star is every device; unknown devices and people elsewhere get nothing', async () => {
  const [alice, bob] = [await registerUser(server, 'carol'), await registerUser(server, 'dave')];
  const second = await logInAgain(bob, 'SECOND');
  await send(alice, {
    [bob.userId]: { '*': { n: 1 } },
    '@x:elsewhere.example': { '*': { n: 2 } },
    '@nobody:localhost': { '*': { n: 3 } },
  });
  await send(alice, { [bob.userId]: { NONE: { n: 4 }, SECOND: { n: 5 } } });
  assert.deepEqual(contents(await sync(bob)), [1]);
  assert.deepEqual(contents(await sync(second)), [1, 5]);
  await logInAgain(bob, 'NONE');
  assert.deepEqual(
    contents(await sync(await logInAgain(bob, 'NONE'))),
    [],
    'what came before the device is not for it',
  );
});

test('the same transaction id sends once, from each device, also over a restart', async () => {
  const [alice, bob] = [await registerUser(server, 'erin'), await registerUser(server, 'frank')];
  const other = await logInAgain(alice, 'OTHER');
  const messages = { [bob.userId]: { [bob.deviceId]: { n: 1 } } };
  const once = { txnId: 'same' };
  await Promise.all([send(alice, messages, once), send(alice, messages, once)]);
  await server.restart();
  assert.equal((await send(alice, messages, once)).status, 200);
  assert.deepEqual(contents(await sync(bob)), [1]);
  await send(other, messages, once);
  await send(alice, messages, { ...once, type: 'm.other' });
  assert.deepEqual(contents(await sync(bob)), [1, 1, 1]);
});

test('250 messages come in order, a hundred at a time, none twice and none lost', async () => {
  const [alice, bob] = [await registerUser(server, 'grace'), await registerUser(server, 'heidi')];
  let { next_batch: since } = await sync(bob);
  for (let n = 0; n < 250; n++) await send(alice, { [bob.userId]: { [bob.deviceId]: { n } } });
  const pages: number[][] = [];
  do {
    const answer = await sync(bob, since);
    // Every second answer is lost on the way.
    if (pages.length === 1) assert.deepEqual(contents(await sync(bob, since)), contents(answer));
    pages.push(contents(answer));
    since = answer.next_batch;
  } while (pages.at(-1)?.length !== 0);
  assert.deepEqual(
    pages.map((page) => page.length),
    [100, 100, 50, 0],
  );
  assert.deepEqual(
    pages.flat(),
    Array.from({ length: 250 }, (_, n) => n),
  );
});

test('a waiting poll is woken by a message', async () => {
  const [alice, bob] = [await registerUser(server, 'ivan'), await registerUser(server, 'judy')];
  const { next_batch: since } = await sync(bob);
  const poll = bob.call('GET', `/v3/sync?since=${since}&timeout=55000`);
  await send(alice, { [bob.userId]: { [bob.deviceId]: { n: 1 } } });
  assert.deepEqual(contents(await poll), [1]);
});

test('messages of wrong shapes and sizes are refused, and nothing of them is sent', async () => {
  const user = await registerUser(server, 'kim');
  const mine = (content: unknown) => ({ [user.userId]: { [user.deviceId]: content } });
  for (const wrong of [undefined, [], { [user.userId]: [] }, mine('text'), mine(null), { 'a\nb': 1 }]) {
    const { status, body } = await send(user, wrong);
    assert.deepEqual([status, body.errcode], [400, 'M_BAD_JSON']);
  }
  const large = { [user.userId]: { [user.deviceId]: { n: 1 }, X: { text: 'x'.repeat(66_000) } } };
  assert.deepEqual((await send(user, large)).body.errcode, 'M_TOO_LARGE');
  const { body } = await send(user, mine({ n: 1 }), { type: 'x'.repeat(300) });
  assert.equal(body.errcode, 'M_INVALID_PARAM');
  assert.deepEqual(contents(await sync(user)), []);
  await send(user, JSON.parse(`{"__proto__": {"*": {}}, "${user.userId}": {"__proto__": {"n": 1}}}`));
  assert.deepEqual(contents(await sync(user)), []);
});
