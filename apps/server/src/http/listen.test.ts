import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import os from 'node:os';
import { test } from 'node:test';
import { patienceMs, startServer } from '@sotto/testing';
import { listen } from './listen.ts';
import { noRateLimits } from './rate-limit.ts';
import { createHttpServer } from './server.ts';

const hasIpv6 = Object.values(os.networkInterfaces()).some((each) =>
  each?.some((address) => address.address === '::1'),
);
const hosts = ['127.0.0.1', ...(hasIpv6 ? ['::1'] : [])];
const urlAt = (host: string, port: number) =>
  `http://${host === '::1' ? '[::1]' : host}:${port}/_matrix/client/versions`;

test('the server answers on localhost by both addresses, and on a taken port says so', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const port = Number(new URL(server.url).port);
  for (const host of hosts) assert.equal((await fetch(urlAt(host, port))).status, 200, host);
  const taken = startServer({ config: { 'listen.port': port } });
  await assert.rejects(taken, /listen\.port is \d+, but another program already uses it/);
});

test('closing waits for no connection that somebody keeps', { timeout: patienceMs }, async (t) => {
  const logging = { error: assert.fail, warn: assert.fail, info: assert.fail, debug: assert.fail };
  const parts = { findRequester: async () => undefined, limiter: noRateLimits, logging };
  const listening = await listen(createHttpServer({ ...parts, endpoints: [] }), { host: 'localhost', port: 0 });
  const idle = hosts.map((host) => net.connect(listening.port, host).on('error', () => undefined));
  t.after(() => idle.map((each) => each.destroy()));
  await Promise.all(idle.map((each) => once(each, 'connect')));
  // Taken in after the others, so that those are known to the server by now.
  for (const host of hosts) assert.equal((await fetch(urlAt(host, listening.port))).status, 404);
  const cut = idle.map((each) => once(each, 'close'));
  await listening.close();
  await Promise.all(cut);
  for (const host of hosts) await assert.rejects(fetch(urlAt(host, listening.port)));
});
