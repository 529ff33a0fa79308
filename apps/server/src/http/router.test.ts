import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createApi } from '@sotto/testing';
import Type from 'typebox';
import type { Requester } from '../services/accounts/requester.ts';
import { endpoint } from './endpoint.ts';
import { noRateLimits } from './rate-limit.ts';
import { AnyObject } from './schemas.ts';
import { createHttpServer } from './server.ts';

test('an endpoint is told when its caller goes, and a kept connection gathers nothing', async (t) => {
  let gone: ((value: string) => void) | undefined;
  let listeners = 0;
  const wait = endpoint({
    method: 'GET',
    path: '/wait',
    auth: 'none',
    async handle({ signal, query }) {
      if (query.forever === undefined) return { isGone: signal.aborted };
      await once(signal, 'abort');
      gone?.('gone');
      return {};
    },
  });
  const logging = { error: assert.fail, warn: assert.fail, info: assert.fail, debug: assert.fail };
  const parts = { findRequester: async () => undefined, limiter: noRateLimits, logging };
  const server = createHttpServer({ ...parts, endpoints: [wait] });
  server.server.on('request', (incoming) => {
    listeners = incoming.socket.listenerCount('close');
  });
  await server.listen({ port: 0 });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(async () => {
    agent.destroy();
    await server.close();
  });
  const { port } = server.server.address() as AddressInfo;
  const ask = (path: string) => request({ port, path: `/_matrix/client/wait${path}`, agent }).end();
  const counts: number[] = [];
  for (let times = 0; times < 5; times++) {
    const [answer] = await once(ask(''), 'response');
    assert.deepEqual(JSON.parse((await answer.toArray()).join('')), { isGone: false });
    counts.push(listeners);
  }
  assert.equal(counts.at(-1), counts[1], `listeners of the connection: ${counts}`);
  const left = new Promise<string>((resolve) => {
    gone = resolve;
  });
  const poll = ask('?forever=1').on('error', () => undefined);
  await once(server.server, 'request');
  poll.destroy();
  assert.equal(await left, 'gone');
});

test('what a person sends is taken from their limit of bytes, what an application service sends is not', async (t) => {
  const taken: unknown[][] = [];
  const say = endpoint({ method: 'POST', path: '/say', auth: 'user', body: AnyObject, handle: async () => ({}) });
  const logging = { error: assert.fail, warn: assert.fail, info: assert.fail, debug: assert.fail };
  const requester = (name: string) => {
    const rest = { deviceId: '', tokenHash: '', isGuest: false, isAdmin: false };
    return { userId: `@${name}:localhost`, ...rest };
  };
  const people: Record<string, Requester> = {
    mira: requester('mira'),
    bridge: { ...requester('bridge'), appserviceId: 'bridge' },
  };
  const server = createHttpServer({
    findRequester: async (token) => people[token],
    limiter: { ...noRateLimits, take: (...each) => void taken.push(each) },
    logging,
    endpoints: [say],
  });
  await server.listen({ port: 0 });
  t.after(() => server.close());
  const api = createApi(`http://localhost:${(server.server.address() as AddressInfo).port}`);
  const body = { text: 'x'.repeat(100) };
  for (const token of ['bridge', 'mira'])
    assert.equal((await api('POST', '/_matrix/client/say', { body, token })).status, 200);
  assert.deepEqual(taken, [
    ['message', '@mira:localhost'],
    ['bytes', '@mira:localhost', JSON.stringify(body).length],
  ]);
});

test('null stands for what may be left out, and for nothing else', async (t) => {
  const body = Type.Object({
    name: Type.String(),
    reason: Type.Optional(Type.String()),
    thread: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  });
  const echo = endpoint({ method: 'POST', path: '/echo', auth: 'none', body, handle: async (call) => call.body });
  const logging = { error: assert.fail, warn: assert.fail, info: assert.fail, debug: assert.fail };
  const server = createHttpServer({
    findRequester: async () => undefined,
    limiter: noRateLimits,
    logging,
    endpoints: [echo],
  });
  await server.listen({ port: 0 });
  t.after(() => server.close());
  const api = createApi(`http://localhost:${(server.server.address() as AddressInfo).port}`);
  const say = (given: unknown) => api('POST', '/_matrix/client/echo', { body: given });
  const whole = { name: 'a', reason: null, thread: null, other: null };
  assert.deepEqual((await say(whole)).body, { name: 'a', thread: null, other: null });
  for (const wrong of [{ name: null }, { name: 'a', reason: 5 }, null]) {
    const { status, body: answer } = await say(wrong);
    assert.deepEqual([status, answer.errcode], [400, 'M_BAD_JSON'], JSON.stringify(wrong));
  }
});
