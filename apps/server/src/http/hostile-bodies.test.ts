import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { openServerWith, until } from '@sotto/testing';
import Type from 'typebox';
import { clientAddress } from './client-address.ts';
import { endpoint } from './endpoint.ts';
import { noRateLimits } from './rate-limit.ts';
import { createHttpServer } from './server.ts';

const { server, mira } = await openServerWith(['mira']);
const { room_id: roomId } = await mira.call('POST', '/v3/createRoom', {});
const room = `/v3/rooms/${encodeURIComponent(roomId)}`;

const residentMb = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024;
let transaction = 0;
const send = (content: string) =>
  mira.api('PUT', `${room}/send/m.test/${++transaction}`, {
    body: content,
    headers: { 'content-type': 'application/json' },
  });

test('B1: what is no JSON, or not of the right kind, is named so', async () => {
  const cases: [string, string][] = [
    ['', 'M_NOT_JSON'],
    ['{', 'M_NOT_JSON'],
    ['{"a":1,}', 'M_NOT_JSON'],
    ["{'a':1}", 'M_NOT_JSON'],
    ['{"a":NaN}', 'M_NOT_JSON'],
    ['\u0000', 'M_NOT_JSON'],
    ['[]', 'M_BAD_JSON'],
    ['"text"', 'M_BAD_JSON'],
    ['1', 'M_BAD_JSON'],
    ['null', 'M_BAD_JSON'],
    ['{"a":1.5}', 'M_BAD_JSON'],
    ['{"a":1e300}', 'M_BAD_JSON'],
    ['{"a":9007199254740992}', 'M_BAD_JSON'],
    ['{"a":[{"b":-9007199254740993}]}', 'M_BAD_JSON'],
    ['{"a":"\\ud800"}', 'M_BAD_JSON'],
    ['{"\\udfff":1}', 'M_BAD_JSON'],
  ];
  for (const [body, errcode] of cases) {
    const answer = await send(body);
    assert.deepEqual([answer.status, answer.body.errcode], [400, errcode], body);
  }
});

test('B1: what is not UTF-8 is refused, and answers say no charset that JSON does not have', async () => {
  const url = `${server.url}/_matrix/client${room}/send/m.test/not-utf-8`;
  const headers = { authorization: `Bearer ${mira.accessToken}` };
  const put = (body: Uint8Array<ArrayBuffer>) => fetch(url, { method: 'PUT', headers, body });
  const refused = await put(Uint8Array.of(0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d));
  assert.deepEqual([refused.status, (await refused.json()).errcode], [400, 'M_NOT_JSON']);
  const sent = await put(new TextEncoder().encode('{"a":"ÿ"}'));
  assert.equal(sent.status, 200);
  for (const answer of [refused, sent]) assert.equal(answer.headers.get('content-type'), 'application/json');
});

test('B1: odd keys are only keys', async () => {
  const content = '{"__proto__":{"isAdmin":true},"constructor":1,"toString":2,"a":1,"a":2,"":3}';
  const sent = await send(content);
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  const response = await fetch(`${server.url}/_matrix/client${room}/event/${encodeURIComponent(sent.body.event_id)}`, {
    headers: { authorization: `Bearer ${mira.accessToken}` },
  });
  const text = await response.text();
  for (const part of ['"__proto__":{"isAdmin":true}', '"constructor":1', '"toString":2', '"a":2', '"":3'])
    assert.ok(text.includes(part), part);
  assert.ok(!text.includes('"a":1'), 'of two keys of the same name the last counts');
  const profile = await mira.api('PUT', `/v3/profile/${mira.userId}/__proto__`, { body: '{"__proto__":{"x":1}}' });
  assert.ok(profile.status < 500, String(profile.status));
  assert.equal((await mira.call('GET', '/_sotto/client/v1/me')).is_admin, false);
});

test('B1: depth 100,000 in every bracket', async () => {
  const depth = 100_000;
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
    ['[{"a":', '}]'],
  ] as const) {
    const body = `{"a":${open.repeat(depth)}1${close.repeat(depth)}}`;
    const answer = await send(body);
    assert.deepEqual([answer.status, answer.body.errcode], [400, 'M_BAD_JSON'], open);
  }
  assert.equal((await send(`{"a":"${'['.repeat(5_000)}\\"${'{'.repeat(5_000)}"}`)).status, 200, 'brackets in a text');
});

test('B1: an event is at most 65,536 bytes, a type and a state key 255', async () => {
  const large = await send(JSON.stringify({ body: 'x'.repeat(70_000) }));
  assert.deepEqual([large.status, large.body.errcode], [413, 'M_TOO_LARGE']);
  const wide = await send(JSON.stringify({ body: 'ü'.repeat(33_000) }));
  assert.equal(wide.status, 413, 'bytes count, not letters');
  const long = 'x'.repeat(256);
  for (const path of [`${room}/send/${long}/1`, `${room}/state/${long}`, `${room}/state/m.test/${long}`]) {
    const answer = await mira.api('PUT', path, { body: {} });
    assert.ok([400, 413].includes(answer.status), `${path.slice(-20)} ${answer.status}`);
    assert.ok(['M_TOO_LARGE', 'M_INVALID_PARAM'].includes(answer.body.errcode), answer.body.errcode);
  }
});

/** Writes to the server as no client would; resolves with all that comes back until it hangs up. */
async function converse(port: number, write: (socket: Socket) => void | Promise<void>): Promise<string> {
  const socket = connect(port, 'localhost');
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text;
  });
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  await write(socket);
  await closed;
  return answer;
}
const portOf = (url: string) => Number(new URL(url).port);
const head = (lines: string[]) =>
  `${['POST /_matrix/client/v3/login HTTP/1.1', 'Host: x', ...lines].join('\r\n')}\r\n\r\n`;

test('B2: a gigabyte, announced or not, is refused early and fills no memory', async () => {
  const before = residentMb();
  const announced = await converse(portOf(server.url), (socket) => {
    socket.write(head(['Content-Length: 1000000000']));
  });
  assert.match(announced, /^HTTP\/1\.1 413 /);
  assert.match(announced, /M_TOO_LARGE/);
  const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000, 'x'), Buffer.from('\r\n')]);
  const endless = await converse(portOf(server.url), async (socket) => {
    socket.write(head(['Transfer-Encoding: chunked']));
    for (let megabytes = 0; megabytes < 200 && !socket.destroyed; megabytes++) {
      if (!socket.write(piece)) await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
    }
    socket.end();
  });
  assert.match(endless, /^HTTP\/1\.1 413 /);
  assert.equal((await server.api('GET', '/v3/login')).status, 200);
  assert.ok(residentMb() - before < 100, `from ${before} to ${residentMb()} MB`);
});

test('B2: a length that is not true harms only who tells it', async () => {
  const short = await converse(portOf(server.url), (socket) => {
    socket.end(`${head(['Content-Length: 500'])}{"type":`);
  });
  assert.doesNotMatch(short, /^HTTP\/1\.1 [25]/);
  const long = await converse(portOf(server.url), (socket) => {
    socket.end(`${head(['Content-Length: 2'])}{}GARBAGE / HTTP/1.1\r\n\r\n`);
  });
  assert.match(long, /^HTTP\/1\.1 400 /);
  for (const length of ['-1', 'abc', '1, 2', '99999999999999999999'])
    assert.match(
      await converse(portOf(server.url), (s) => void s.end(head([`Content-Length: ${length}`]))),
      /^HTTP\/1\.1 4/,
    );
  const both = await converse(portOf(server.url), (socket) => {
    socket.end(`${head(['Content-Length: 5', 'Transfer-Encoding: chunked'])}0\r\n\r\n`);
  });
  assert.match(both, /^HTTP\/1\.1 400 /, 'a request that could be two');
  assert.equal((await server.api('GET', '/v3/login')).status, 200);
});

test('B2: a thousand requests in one breath are answered in order', async () => {
  const one = 'GET /_matrix/client/versions HTTP/1.1\r\nHost: x\r\n\r\n';
  const last = 'GET /_matrix/client/v3/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const answers = await converse(portOf(server.url), (socket) => {
    socket.write(one.repeat(999) + last);
  });
  assert.equal(answers.match(/HTTP\/1\.1 200 OK/g)?.length, 1000);
  assert.match(answers.slice(answers.lastIndexOf('HTTP/1.1')), /m\.login\.password/);
});

test('B2: a body that trickles is not waited for; one that is asked for may wait as long as it likes', async (t) => {
  const fail = { error: assert.fail, warn: assert.fail, info: assert.fail, debug: assert.fail };
  let release: (() => void) | undefined;
  const slowAnswer = endpoint({
    method: 'POST',
    path: '/v3/login',
    auth: 'none',
    body: Type.Object({}),
    handle: () =>
      new Promise((resolve) => {
        release = () => resolve({ waited: true });
      }),
  });
  const parts = { findRequester: async () => undefined, limiter: noRateLimits, logging: fail };
  const small = createHttpServer({ ...parts, endpoints: [slowAnswer], bodyLimitMs: 200 });
  await small.listen({ host: 'localhost', port: 0 });
  t.after(() => small.close());
  const { port } = small.server.address() as AddressInfo;
  const polling = converse(port, (socket) => {
    socket.write(`${head(['Content-Length: 2', 'Connection: close'])}{}`);
  });
  const trickled = await converse(port, (socket) => {
    socket.write(`${head(['Content-Length: 100'])}{`);
  });
  assert.match(trickled, /^HTTP\/1\.1 408 /);
  assert.match(trickled, /M_UNKNOWN/);
  (await until(() => release, { what: 'the other was asked' }))();
  assert.match(await polling, /"waited":true/);
});

test('an IPv6 customer is one caller, however many addresses they have', () => {
  assert.equal(clientAddress('203.0.113.9'), '203.0.113.9');
  assert.equal(clientAddress('::ffff:203.0.113.9'), '203.0.113.9');
  assert.equal(clientAddress('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2');
  assert.equal(clientAddress('2001:0DB8:1:2::'), '2001:db8:1:2');
  assert.equal(clientAddress('2001:db8::1'), '2001:db8:0:0');
  assert.equal(clientAddress('::1'), '0:0:0:0');
  assert.equal(clientAddress('fe80::1%eth0'), 'fe80:0:0:0');
});
