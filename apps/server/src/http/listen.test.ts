import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import os from 'node:os';
import { test } from 'node:test';
import { startServer } from '@sotto/testing';

const hasIpv6 = Object.values(os.networkInterfaces()).some((each) =>
  each?.some((address) => address.address === '::1'),
);

test('the server answers on localhost by both addresses, and on a taken port says so', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const port = Number(new URL(server.url).port);
  const hosts = ['127.0.0.1', ...(hasIpv6 ? ['[::1]'] : [])];
  for (const host of hosts) {
    const answer = await fetch(`http://${host}:${port}/_matrix/client/versions`);
    assert.equal(answer.status, 200, host);
  }
  const taken = startServer({ config: { 'listen.port': port } });
  await assert.rejects(taken, /listen\.port is \d+, but another program already uses it/);
});

test('SIGTERM ends it, and a kept connection does not hold it up', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const port = Number(new URL(server.url).port);
  const idle = net.connect(port, '127.0.0.1');
  await new Promise((resolve) => idle.once('connect', resolve));
  idle.on('error', () => undefined);
  const cut = once(idle, 'close');
  await server.terminate();
  await cut;
  assert.equal(server.pid, undefined);
});
