import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createApi, patienceMs, until } from '@sotto/testing';
import Type from 'typebox';
import type { Requester } from '../services/accounts/requester.ts';
import { endpoint } from './endpoint.ts';
import { noRateLimits } from './rate-limit.ts';
import { createHttpServer } from './server.ts';

const fail = { error: assert.fail, warn: assert.fail, info: assert.fail, debug: assert.fail };
const anyBody = Type.Record(Type.String(), Type.Any());
const open = endpoint({ method: 'POST', path: '/v3/login', auth: 'none', body: anyBody, handle: async () => ({}) });
const own = endpoint({ method: 'POST', path: '/v3/createRoom', auth: 'user', body: anyBody, handle: async () => ({}) });
const mebibyte = 2 ** 20;
const narrow = endpoint({
  method: 'PUT',
  path: '/v3/room_keys/keys',
  auth: 'user',
  body: anyBody,
  maxBodyBytes: 2 * mebibyte,
  handle: async () => ({}),
});

/** A server where each token but `wrong` is somebody, and a way to begin requests there that do not end. */
async function start(t: TestContext, maxArrivingBytes: number) {
  const asked: string[] = [];
  const server = createHttpServer({
    async findRequester(token) {
      asked.push(token);
      return token === 'wrong' ? undefined : ({ userId: `@${token}:b`, isGuest: false, isAdmin: false } as Requester);
    },
    limiter: noRateLimits,
    logging: fail,
    endpoints: [open, own, narrow],
    maxArrivingBytes,
    // What is begun here is to stay so for as long as a test goes on.
    bodyLimitMs: 10 * patienceMs,
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  const api = createApi(url);
  const post = async (path: string, token = '') => {
    const { status, body } = await api('POST', path, { body: { text: 'x'.repeat(mebibyte) }, token });
    return [status, body.errcode];
  };

  /**
   * Says how much is to come, and sends `begun` of it. Resolves once it was asked whose it is, and it so was let in or not;
   * `answer` is the status once there is one.
   */
  const announce = async (
    token: string,
    { length = 4_000_000, isChunked = false, isNarrow = false, begun = '{' } = {},
  ) => {
    const timesAsked = () => asked.filter((each) => each === token).length;
    const before = timesAsked();
    const socket: Socket = connect(Number(new URL(url).port), '127.0.0.1');
    t.after(() => void socket.destroy());
    let received = '';
    socket
      .on('error', () => undefined)
      .on('data', (chunk) => {
        received += chunk;
      });
    const [method, path] = isNarrow ? ['PUT', 'room_keys/keys'] : ['POST', 'createRoom'];
    const head = [`${method} /_matrix/client/v3/${path} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${token}`];
    const said = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
    const body = isChunked ? `${begun.length.toString(16)}\r\n${begun}\r\n` : begun;
    socket.write(`${head.join('\r\n')}\r\n${said}\r\n\r\n${body}`);
    await until(() => timesAsked() > before, { what: 'it is asked whose the body is' });
    return { socket, answer: () => /^HTTP\/1\.1 (\d+)/.exec(received)?.[1] };
  };
  return { api, post, announce };
}

test('B2: who one is gets asked before a large body is read, and only so many arrive at once', async (t) => {
  const { api, post, announce } = await start(t, 4.5 * mebibyte);
  assert.deepEqual(await post('/v3/login'), [413, 'M_TOO_LARGE'], 'a stranger needs no large body');
  assert.deepEqual(await post('/v3/createRoom', 'wrong'), [401, 'M_UNKNOWN_TOKEN']);
  assert.deepEqual(await post('/v3/createRoom', 'known'), [200, undefined]);
  const stranger = await announce('wrong');
  assert.equal(await until(stranger.answer), '401', 'before any of it has come');
  const first = await announce('known');
  const refused = async () => (await post('/v3/createRoom', 'other'))[0] === 503;
  assert.ok(await refused(), 'there is no room for more');
  assert.deepEqual((await api('POST', '/v3/createRoom', { body: {}, token: 'known' })).status, 200, 'small ones pass');
  first.socket.destroy();
  await until(async () => !(await refused()), { what: 'there is room again' });
});

test('B2: what is refused as too large takes no room from others', async (t) => {
  const { post, announce } = await start(t, 8 * mebibyte);
  for (const length of [2 ** 23 - 1, 2 ** 30]) {
    const greedy = await Promise.all(['a', 'b', 'c', 'd'].map((token) => announce(token, { length })));
    for (const { answer } of greedy) assert.equal(await until(answer), '413', String(length));
    assert.deepEqual(await post('/v3/createRoom', 'other'), [200, undefined]);
  }
  const begun = 'x'.repeat(2 * mebibyte + 1);
  const unsaid = { isChunked: true, isNarrow: true, begun };
  const chunked = await Promise.all(['a', 'b', 'c', 'd'].map((token) => announce(token, unsaid)));
  for (const { answer } of chunked) assert.equal(await until(answer), '413');
  assert.deepEqual(await post('/v3/createRoom', 'other'), [200, undefined], 'while they are still sending');
});

test('B2: a body of unknown length is taken for the longest that its endpoint takes', async (t) => {
  const { post, announce } = await start(t, 4.5 * mebibyte);
  for (const token of ['a', 'b']) await announce(token, { isChunked: true, isNarrow: true });
  assert.deepEqual(await post('/v3/createRoom', 'other'), [503, 'M_UNKNOWN'], 'there is no room for more');
});

test('B2: one person has a part of the room, and always that for one body', async (t) => {
  const { post, announce } = await start(t, 16 * mebibyte);
  const mine = await announce('known');
  assert.deepEqual(await post('/v3/createRoom', 'known'), [503, 'M_UNKNOWN'], 'one has no room for more');
  assert.deepEqual(await post('/v3/createRoom', 'other'), [200, undefined]);
  assert.equal(mine.answer(), undefined);
  mine.socket.destroy();
  await until(async () => (await post('/v3/createRoom', 'known'))[0] === 200, { what: 'there is room again' });
});
