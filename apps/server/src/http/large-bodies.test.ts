import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { createApi, until } from '@sotto/testing';
import Type from 'typebox';
import type { Requester } from '../services/accounts/requester.ts';
import { endpoint } from './endpoint.ts';
import { noRateLimits } from './rate-limit.ts';
import { createHttpServer } from './server.ts';

const fail = { error: assert.fail, warn: assert.fail, info: assert.fail, debug: assert.fail };
const anyBody = Type.Record(Type.String(), Type.Any());
const open = endpoint({ method: 'POST', path: '/v3/login', auth: 'none', body: anyBody, handle: async () => ({}) });
const own = endpoint({ method: 'POST', path: '/v3/createRoom', auth: 'user', body: anyBody, handle: async () => ({}) });

test('B2: who one is gets asked before a large body is read, and only so many arrive at once', async (t) => {
  const server = createHttpServer({
    findRequester: async (token) =>
      token === 'known' ? ({ userId: '@a:b', deviceId: 'D', isGuest: false, isAdmin: false } as Requester) : undefined,
    limiter: noRateLimits,
    log: fail,
    endpoints: [open, own],
    maxArrivingBytes: 4.5 * 2 ** 20,
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  const api = createApi(url);
  const large = { text: 'x'.repeat(2 ** 20) };
  const post = async (path: string, token = '') => {
    const { status, body } = await api('POST', path, { body: large, token });
    return [status, body.errcode];
  };
  assert.deepEqual(await post('/v3/login'), [413, 'M_TOO_LARGE'], 'a stranger needs no large body');
  assert.deepEqual(await post('/v3/createRoom', 'wrong'), [401, 'M_UNKNOWN_TOKEN']);
  assert.deepEqual(await post('/v3/createRoom', 'known'), [200, undefined]);

  /** Says that much is to come, and sends nothing of it; resolves with the first line of an answer if there is one. */
  const announce = (token: string) => {
    const socket: Socket = connect(Number(new URL(url).port), '127.0.0.1');
    t.after(() => void socket.destroy());
    let received = '';
    socket
      .on('error', () => undefined)
      .on('data', (chunk) => {
        received += chunk;
      });
    const head = ['POST /_matrix/client/v3/createRoom HTTP/1.1', 'Host: x', `Authorization: Bearer ${token}`];
    socket.write(`${head.join('\r\n')}\r\nContent-Length: 4000000\r\n\r\n{`);
    return { socket, answer: () => /^HTTP\/1\.1 (\d+)/.exec(received)?.[1] };
  };
  const stranger = announce('wrong');
  assert.equal(await until(stranger.answer), '401', 'before any of it has come');
  const first = announce('known');
  const refused = async () => (await post('/v3/createRoom', 'known'))[0] === 503;
  await until(refused, { what: 'there is no room for more' });
  assert.deepEqual((await api('POST', '/v3/createRoom', { body: {}, token: 'known' })).status, 200, 'small ones pass');
  first.socket.destroy();
  await until(async () => !(await refused()), { what: 'there is room again' });
});
