import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createApi, until } from '@sotto/testing';
import { endpoint } from './endpoint.ts';
import { noRateLimits } from './rate-limit.ts';
import { createHttpServer } from './server.ts';
import { createUnreadAnswers } from './unread-answers.ts';

/** More than the operating system takes for a connection that nobody reads. */
const megabytes = 12;

test('C9: of answers that nobody takes, only so much is kept; who reads gets theirs whole', async (t) => {
  const fail = { error: assert.fail, warn: assert.fail, info: assert.fail, debug: assert.fail };
  const large = endpoint({
    method: 'GET',
    path: '/v3/sync',
    auth: 'none',
    handle: async () => ({ text: 'x'.repeat(megabytes * 2 ** 20) }),
  });
  const server = createHttpServer({
    findRequester: async () => undefined,
    limiter: noRateLimits,
    logging: fail,
    endpoints: [large],
    maxUnreadBytes: 40 * 2 ** 20,
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  const ask = async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    t.after(() => void socket.destroy());
    const begun = new Promise((resolve) => socket.once('readable', resolve));
    socket.on('error', () => undefined);
    socket.write('GET /_matrix/client/v3/sync HTTP/1.1\r\nHost: x\r\n\r\n');
    await begun;
  };
  for (let count = 0; count < 8; count++) await ask();
  const { body } = await createApi(url)('GET', '/v3/sync');
  assert.equal(body.text.length, megabytes * 2 ** 20);
  const connections = promisify(server.server.getConnections.bind(server.server));
  // The operating system took a part of each. The connection that read keeps alive.
  const kept = await until(async () => {
    const open = await connections();
    return open < 8 && open;
  });
  assert.ok(kept >= 3, `no more are cut than must be: ${kept} are left`);
});

test('an answer that is larger than all that may wait still comes whole', async (t) => {
  const fail = { error: assert.fail, warn: assert.fail, info: assert.fail, debug: assert.fail };
  const text = 'x'.repeat(megabytes * 2 ** 20);
  const large = endpoint({ method: 'GET', path: '/v3/sync', auth: 'none', handle: async () => ({ text }) });
  const server = createHttpServer({
    findRequester: async () => undefined,
    limiter: noRateLimits,
    logging: fail,
    endpoints: [large],
    maxUnreadBytes: 2 ** 20,
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  const answers = await Promise.all([1, 2].map(() => createApi(url)('GET', '/v3/sync')));
  assert.deepEqual(
    answers.map(({ body }) => body.text.length),
    [text.length, text.length],
  );
});

test('an answer whose client has gone before it was ready is not remembered', async (t) => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const unread = createUnreadAnswers(2 ** 20);
  const gone: WeakRef<ServerResponse>[] = [];
  const server = createServer((request, response) => {
    gone.push(new WeakRef(response));
    response.once('close', () => unread.watch(response, request, { bytes: 2 ** 16 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  for (let asked = 1; asked <= 20; asked++) {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => gone.length === asked);
    socket.destroy();
  }
  const isLeft = () => {
    collectGarbage();
    return gone.filter((each) => each.deref() !== undefined).length;
  };
  // The newest may still be held by the stack of whoever served it.
  await until(() => isLeft() <= 2, { what: 'answers are forgotten' });
});
