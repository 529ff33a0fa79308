import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { patienceMs, startReceiver } from '@sotto/testing';
import { type Connections, createConnections } from './connections.ts';
import { fetchFileThrough } from './fetch-file.ts';
import { createSendJson, isPrivateAddress, isPrivateHost, OutboundError } from './index.ts';

const privateAddresses = [
  '127.0.0.1',
  '10.1.2.3',
  '172.31.255.255',
  '192.168.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::127.0.0.1',
  '64:ff9b::10.0.0.1',
  '2002:7f00:1::',
  'fd00::1',
  'fe80::1',
  'ff02::1',
  'no address',
];
const publicAddresses = ['1.1.1.1', '172.32.0.1', '193.0.0.1', '2606:4700:4700::1111', '2a00:1450:4001::200e'];

test('private addresses are told from public ones in every way of writing them', () => {
  for (const address of privateAddresses) assert.equal(isPrivateAddress(address), true, address);
  for (const address of publicAddresses) assert.equal(isPrivateAddress(address), false, address);
  for (const host of ['localhost', 'localhost.', 'app.localhost', '[::1]', '127.0.0.1'])
    assert.equal(isPrivateHost(host), true, host);
  for (const host of ['example.org', 'localhost.example.org', '1.1.1.1'])
    assert.equal(isPrivateHost(host), false, host);
});

test('the way out refuses private addresses, redirects lead nowhere, and a slow answer ends', async (t) => {
  const receiver = await startReceiver();
  t.after(receiver.stop);
  const closed = createSendJson({ allowPrivateAddresses: false });
  const open = createSendJson({ allowPrivateAddresses: true });
  t.after(closed.close);
  t.after(open.close);
  const { port } = new URL(receiver.url);
  const get = (host: string, timeoutMs = patienceMs) =>
    ({ method: 'GET', url: new URL(`http://${host}:${port}/`), timeoutMs }) as const;
  // 0x7f.1 and 2130706433 are 127.0.0.1 as URLs write it.
  for (const host of ['localhost', '127.0.0.1', '[::1]', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]']) {
    await assert.rejects(closed(get(host)), OutboundError, host);
  }
  assert.equal(receiver.received.length, 0);
  receiver.answerWith(() => ({ status: 302, body: { moved: true } }));
  const moved = { status: 302, body: { moved: true }, text: '{"moved":true}' };
  assert.deepEqual(await open(get('localhost')), moved);
  receiver.answerWith(() => new Promise(() => undefined));
  await assert.rejects(open(get('localhost', 50)), (error: OutboundError) => error.isTimeout);
});

test('a name that leads into a private network is refused when it is connected to', async (t) => {
  const receiver = await startReceiver();
  t.after(receiver.stop);
  let asked = 0;
  const connections = createConnections({
    allowPrivateAddresses: false,
    resolve(_name, _options, callback) {
      asked += 1;
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    },
  });
  t.after(connections.close);
  const url = new URL(`http://public.example:${new URL(receiver.url).port}/`);
  const signal = AbortSignal.timeout(patienceMs);
  await assert.rejects(connections.open({ method: 'GET', url, signal }), /the address is private/);
  assert.deepEqual([asked, receiver.received.length], [1, 0]);
});

test('a redirect into a private network is refused like a first address', async (t) => {
  const receiver = await startReceiver();
  t.after(receiver.stop);
  const closed = createConnections({ allowPrivateAddresses: false });
  const open = createConnections({ allowPrivateAddresses: true });
  t.after(closed.close);
  t.after(open.close);
  // The public internet: one site, which sends its readers inside.
  const site = createServer((_request, response) => response.writeHead(302, { location: receiver.url }).end());
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  t.after(() => site.close());
  const { port } = site.address() as AddressInfo;
  const visited: string[] = [];
  const fetchThrough = (others: Connections) =>
    fetchFileThrough({
      ...others,
      open(call) {
        visited.push(call.url.hostname);
        const isSite = call.url.hostname === 'public.example';
        return isSite ? open.open({ ...call, url: new URL(`http://127.0.0.1:${port}/`) }) : others.open(call);
      },
    });
  const request = { url: new URL('http://public.example/'), mostBytes: () => 1000, timeoutMs: patienceMs };
  await assert.rejects(fetchThrough(closed)(request), /the address is private/);
  assert.deepEqual([visited, receiver.received.length], [['public.example', 'localhost'], 0]);
  assert.equal((await fetchThrough(open)(request)).bytes.toString(), '{}');
  assert.equal(receiver.received.length, 1);
});
