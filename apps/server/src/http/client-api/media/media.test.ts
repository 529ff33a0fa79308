import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openServerWith, registerUser, startServer, type TestUser } from '@sotto/testing';

const { server, mira } = await openServerWith(['mira'], { config: { 'media.maxUploadBytes': 100_000 } });

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

async function upload(bytes: Uint8Array | string, { type = 'text/plain', name = '' } = {}) {
  const query = name === '' ? '' : `?filename=${encodeURIComponent(name)}`;
  return mira.api('POST', `/_matrix/media/v3/upload${query}`, { body: bytes, headers: { 'content-type': type } });
}
const idOf = (uri: string) => uri.replace('mxc://localhost/', '');
const raw = (path: string, headers: Record<string, string> = {}) =>
  fetch(server.url + path, { headers: { authorization: `Bearer ${mira.accessToken}`, ...headers } });
const download = (uri: string, tail = '', headers = {}) =>
  raw(`/_matrix/client/v1/media/download/localhost/${idOf(uri)}${tail}`, headers);

/** Files by their hash, without what is half-written. */
function storedFiles(): string[] {
  const entries = readdirSync(join(server.dataDir, 'media'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && entry.name.length === 60).map((entry) => entry.name);
}

test('media: what is uploaded comes back, with its type and name and nothing that could run', async () => {
  const { status, body } = await upload('hello', { name: 'a file.txt' });
  assert.equal(status, 200, JSON.stringify(body));
  assert.match(body.content_uri, /^mxc:\/\/localhost\/[A-Za-z]{24}$/);
  const answer = await download(body.content_uri);
  assert.equal(await answer.text(), 'hello');
  const { headers } = answer;
  assert.equal(headers.get('content-type'), 'text/plain');
  assert.equal(headers.get('content-disposition'), "inline; filename*=utf-8''a%20file.txt");
  assert.equal(headers.get('content-length'), '5');
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(headers.get('cross-origin-resource-policy'), 'cross-origin');
  assert.equal(headers.get('access-control-allow-origin'), '*');
  assert.match(headers.get('content-security-policy') ?? '', /^sandbox; default-src 'none'; script-src 'none'/);
  const renamed = await download(body.content_uri, '/%C3%BC.txt');
  assert.equal(renamed.headers.get('content-disposition'), "inline; filename*=utf-8''%C3%BC.txt");
  const plain = await download(body.content_uri, '/plain.txt');
  assert.equal(plain.headers.get('content-disposition'), 'inline; filename=plain.txt');
});

test('media: pages, drawings and whatever calls itself strangely are attachments', async () => {
  for (const type of ['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/xml', 'application/pdf', 'a/b']) {
    const answer = await download((await upload('<script>alert(1)</script>', { type })).body.content_uri);
    assert.match(answer.headers.get('content-disposition') ?? '', /^attachment/, type);
  }
  const strange = await download((await upload('x', { type: 'text/html<x' })).body.content_uri);
  assert.equal(strange.headers.get('content-type'), 'application/octet-stream');
  const evil = 'a\r\nSet-Cookie: x=1"; filename=b.html';
  const named = await download((await upload('x', { name: evil })).body.content_uri);
  assert.equal(named.headers.get('set-cookie'), null);
  assert.match(named.headers.get('content-disposition') ?? '', /^inline; filename\*=utf-8''a%0D%0ASet-Cookie%3A/);
});

test('media: the same bytes are stored once', async () => {
  const before = storedFiles().length;
  const [one, two] = [await upload('twice'), await upload('twice', { type: 'text/csv' })];
  assert.notEqual(one.body.content_uri, two.body.content_uri);
  assert.equal(storedFiles().length, before + 1);
  assert.equal((await download(two.body.content_uri)).headers.get('content-type'), 'text/csv');
});

test('media: a part of a file', async () => {
  const uri = (await upload('0123456789')).body.content_uri;
  const part = async (range: string) => {
    const answer = await download(uri, '', { range });
    return [answer.status, answer.headers.get('content-range'), await answer.text()];
  };
  assert.deepEqual(await part('bytes=2-4'), [206, 'bytes 2-4/10', '234']);
  assert.deepEqual(await part('bytes=7-'), [206, 'bytes 7-9/10', '789']);
  assert.deepEqual(await part('bytes=-3'), [206, 'bytes 7-9/10', '789']);
  assert.deepEqual(await part('bytes=5-99'), [206, 'bytes 5-9/10', '56789']);
  const [status, told, text] = await part('bytes=10-');
  assert.deepEqual([status, told, JSON.parse(String(text)).errcode], [416, 'bytes */10', 'M_INVALID_PARAM']);
  for (const odd of ['bytes=', 'bytes=4-2', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=x-y'])
    assert.deepEqual(await part(odd), [200, null, '0123456789'], odd);
});

test('media: too much is refused, whether it says so or not, and nothing of it stays', async () => {
  const before = storedFiles().length;
  const large = await upload(Buffer.alloc(100_001));
  assert.deepEqual([large.status, large.body.errcode], [413, 'M_TOO_LARGE']);
  const silent = await fetch(`${server.url}/_matrix/media/v3/upload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${mira.accessToken}` },
    body: new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(40_000));
        if (++pieces === 4) controller.close();
      },
    }),
    duplex: 'half',
  } as RequestInit);
  assert.equal(silent.status, 413);
  assert.equal((await upload(Buffer.alloc(100_000))).status, 200);
  assert.equal(storedFiles().length, before + 1);
  assert.deepEqual(readdirSync(join(server.dataDir, 'media', 'incoming')), []);
  assert.deepEqual(await mira.call('GET', '/v1/media/config'), { 'm.upload.size': 100_000 });
});
let pieces = 0;

test('media: an address now, the file later; whoever asks meanwhile waits', async () => {
  const { content_uri: uri, unused_expires_at: until } = await mira.call('POST', '/_matrix/media/v1/create', {});
  assert.ok(until > Date.now() + 23 * 3_600_000);
  const soon = await download(uri, '?timeout_ms=0');
  assert.deepEqual([soon.status, (await soon.json()).errcode], [504, 'M_NOT_YET_UPLOADED']);
  const waiting = download(uri, '?timeout_ms=55000');
  const put = (person: TestUser) =>
    person.api('PUT', `/_matrix/media/v3/upload/localhost/${idOf(uri)}?filename=x`, { body: 'late', headers: {} });
  const tom = await registerUser(server, 'tom');
  assert.equal((await put(tom)).body.errcode, 'M_FORBIDDEN');
  assert.deepEqual((await put(mira)).body, {});
  assert.equal(await (await waiting).text(), 'late');
  const again = await put(mira);
  assert.deepEqual([again.status, again.body.errcode], [409, 'M_CANNOT_OVERWRITE_MEDIA']);
  const nowhere = await mira.api('PUT', '/_matrix/media/v3/upload/localhost/nothing', { body: 'x' });
  assert.equal(nowhere.body.errcode, 'M_NOT_FOUND');
});

test('media: places that are asked for and not filled are counted', async () => {
  const nils = await registerUser(server, 'nils');
  for (let place = 0; place < 20; place++) await nils.call('POST', '/_matrix/media/v1/create', {});
  const refused = await nils.api('POST', '/_matrix/media/v1/create', { body: {} });
  assert.deepEqual([refused.status, refused.body.errcode], [429, 'M_LIMIT_EXCEEDED']);
});

test('media: what is not here, not allowed or not a name is not found', async () => {
  const uri = (await upload('x')).body.content_uri;
  const { pathname } = new URL(`http://x/_matrix/client/v1/media/download/localhost/${idOf(uri)}`);
  assert.equal((await server.api('GET', pathname)).body.errcode, 'M_MISSING_TOKEN');
  for (const path of [
    '/_matrix/client/v1/media/download/elsewhere.org/abc',
    '/_matrix/client/v1/media/download/elsewhere.org/abc?allow_remote=false',
    '/_matrix/client/v1/media/download/localhost/nothing',
    '/_matrix/client/v1/media/download/localhost/..%2f..%2fsotto.db',
    '/_matrix/client/v1/media/thumbnail/localhost/nothing?width=1&height=1',
    `/_matrix/media/v3/download/localhost/${idOf(uri)}`,
    `/_matrix/media/r0/thumbnail/localhost/${idOf(uri)}?width=1&height=1`,
  ]) {
    const answer = await raw(path);
    assert.equal(answer.status, 404, path);
    assert.match((await answer.json()).errcode, /^M_(NOT_FOUND|UNRECOGNIZED)$/, path);
  }
});

test('media: thumbnails of pictures only, of a sensible size', async () => {
  const uri = (await upload(png, { type: 'application/octet-stream' })).body.content_uri;
  const thumbnail = (id: string, query: string) => raw(`/_matrix/client/v1/media/thumbnail/localhost/${id}?${query}`);
  const small = await thumbnail(idOf(uri), 'width=32&height=32&method=crop');
  assert.deepEqual([small.status, small.headers.get('content-type')], [200, 'image/png']);
  assert.deepEqual(Buffer.from(await small.arrayBuffer()), png);
  const text = (await upload('no picture', { type: 'image/png' })).body.content_uri;
  const refused = await thumbnail(idOf(text), 'width=32&height=32');
  assert.deepEqual([refused.status, (await refused.json()).errcode], [400, 'M_UNKNOWN']);
  for (const query of [
    'width=-1&height=5',
    'width=x&height=5',
    'height=5',
    'width=1.5&height=5',
    'width=5&height=5&method=blow',
  ])
    assert.equal((await thumbnail(idOf(uri), query)).status, 400, query);
});

test('media: a picture that would burst is not decoded', async () => {
  const bomb = Buffer.from(png);
  bomb.writeUInt32BE(60_000, 16);
  bomb.writeUInt32BE(60_000, 20);
  const uri = (await upload(bomb, { type: 'image/png' })).body.content_uri;
  const answer = await raw(`/_matrix/client/v1/media/thumbnail/localhost/${idOf(uri)}?width=32&height=32`);
  assert.deepEqual([answer.status, (await answer.json()).errcode], [413, 'M_TOO_LARGE']);
});

test('media: without a token where the operator wants the old endpoints', async (t) => {
  const old = await startServer({ config: { 'media.legacyEndpoints': true } });
  t.after(() => old.stop());
  const nils = await registerUser(old, 'nils');
  const { body } = await nils.api('POST', '/_matrix/media/r0/upload', {
    body: png,
    headers: { 'content-type': 'image/png' },
  });
  for (const base of ['v3', 'r0', 'v1']) {
    const path = `/_matrix/media/${base}/download/localhost/${idOf(body.content_uri)}`;
    assert.equal((await old.api('GET', path)).status, 200, path);
    assert.equal((await old.api('GET', `${path.replace('download', 'thumbnail')}?width=9&height=9`)).status, 200);
    const named = await fetch(`${old.url}${path}/dot.png`);
    assert.match(named.headers.get('content-disposition') ?? '', /filename=dot\.png$/);
    assert.ok((await nils.call('GET', `/_matrix/media/${base}/config`))['m.upload.size'] > 0);
  }
});

test('media: an empty file, and a restart loses nothing', async () => {
  const empty = (await upload('')).body.content_uri;
  const uri = (await upload('kept')).body.content_uri;
  await server.restart();
  assert.equal(await (await download(uri)).text(), 'kept');
  const answer = await download(empty);
  assert.deepEqual([answer.status, await answer.text()], [200, '']);
});
