import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { openServerWith, registerUser, startServer, until } from '@sotto/testing';

const { server, mira } = await openServerWith(['mira'], {
  config: { urlPreview: { enabled: true, allowPrivateAddresses: true }, 'media.legacyEndpoints': true },
});
/** A site of somebody else. */
const pages = new Map<string, (response: ServerResponse, request: IncomingMessage) => void>();
let seen: string[] = [];
const web = createServer((request, response) => {
  seen.push(request.url ?? '');
  const page = pages.get((request.url ?? '').split('?', 1)[0] ?? '');
  if (page === undefined) response.writeHead(404).end();
  else page(response, request);
});
let site: string;

before(async () => {
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  site = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
});
after(() => {
  web.close();
  web.closeAllConnections();
});
beforeEach(() => {
  pages.clear();
  seen = [];
});

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const send =
  (type: string, body: string | Buffer, headers = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': type, ...headers }).end(body);
const moved = (to: string) => (response: ServerResponse) => void response.writeHead(302, { location: to }).end();

const preview = (url: string, base = '/_matrix/client/v1/media') =>
  mira.api('GET', `${base}/preview_url?url=${encodeURIComponent(url)}`);

async function refusal(url: string) {
  const { status, body } = await preview(url);
  return [status, body.errcode];
}

test('previews: what a page says of itself, and its picture as a file of ours', async () => {
  pages.set(
    '/film',
    send(
      'text/html; charset=iso-8859-1',
      Buffer.from(
        `<title>no</title><meta property="og:title" content="Caf\xe9"><meta property="og:type" content="video.movie">
         <meta property="og:url" content="http://film.example/1"><meta property="og:image" content="rock.png">
         <meta property="og:description" content="A film">`,
        'latin1',
      ),
    ),
  );
  pages.set('/rock.png', send('text/plain', png));
  const { status, body } = await preview(`${site}/film#part`);
  assert.equal(status, 200, JSON.stringify(body));
  const { 'og:image': uri, ...rest } = body;
  assert.deepEqual(rest, {
    'og:title': 'Café',
    'og:type': 'video.movie',
    'og:url': 'http://film.example/1',
    'og:description': 'A film',
    'og:image:type': 'image/png',
    'og:image:width': 1,
    'og:image:height': 1,
    'matrix:image:size': png.length,
  });
  const file = await fetch(`${server.url}${uri.replace('mxc://', '/_matrix/client/v1/media/download/')}`, {
    headers: { authorization: `Bearer ${mira.accessToken}` },
  });
  assert.deepEqual(Buffer.from(await file.arrayBuffer()), png);
  for (const version of ['v3', 'r0', 'v1'])
    assert.deepEqual((await preview(`${site}/film`, `/_matrix/media/${version}`)).body, body);
  assert.deepEqual(seen, ['/film', '/rock.png'], 'a page is fetched once');
});

test('previews: a picture is its own preview, other files have none, and a page without its picture is a page', async () => {
  pages.set('/picture', send('image/png', png));
  const picture = (await preview(`${site}/picture`)).body;
  assert.match(picture['og:image'], /^mxc:/);
  assert.equal(picture['matrix:image:size'], png.length);
  pages.set('/file', send('application/pdf', 'x'.repeat(99)));
  assert.deepEqual((await preview(`${site}/file`)).body, {});
  const drawing = '<svg xmlns="http://www.w3.org/2000/svg"/>';
  pages.set('/drawing', send('image/svg+xml', drawing));
  assert.deepEqual((await preview(`${site}/drawing`)).body, {});
  for (const image of [
    '/drawing',
    '/gone',
    'file:///etc/passwd',
    'javascript:1',
    'data:image/png;base64,AAAA',
    'http://',
  ]) {
    const path = `/page-${encodeURIComponent(image)}`;
    pages.set(path, send('text/html', `<title>T</title><meta property="og:image" content="${image}">`));
    assert.deepEqual((await preview(site + path)).body, { 'og:title': 'T' }, image);
  }
});

test('previews: a page without OpenGraph is described by the oEmbed that it names, and does without where there is none', async () => {
  const page = (href: string, more = '') =>
    send(
      'text/html',
      `<base href="/below/"><title>Page</title><p>Prose.</p>${more}
       <link rel="alternate" type="application/json+oembed" href="${href}">`,
    );
  const said = {
    version: '1.0',
    type: 'photo',
    title: 'Told',
    provider_name: 'Site',
    url: 'rock.png',
    html: '<b>x</b>',
  };
  pages.set('/below/oembed', send('application/json', JSON.stringify(said)));
  pages.set('/below/rock.png', send('image/png', png));
  pages.set('/told', page('oembed?format=json'));
  const { 'og:image': uri, ...told } = (await preview(`${site}/told`)).body;
  assert.match(uri, /^mxc:/);
  assert.deepEqual(
    [told['og:title'], told['og:site_name'], told['og:description'], told['og:image:width']],
    ['Told', 'Site', 'Prose.', 1],
  );
  assert.deepEqual(seen, ['/told', '/below/oembed?format=json', '/below/rock.png']);
  pages.set('/own', page('oembed', '<meta property="og:title" content="Own">'));
  assert.equal((await preview(`${site}/own`)).body['og:title'], 'Own');
  assert.ok(!seen.includes('/below/oembed'), 'a page with words of its own is believed');
  pages.set('/below/error', (response) => void response.writeHead(500).end());
  pages.set('/below/no-json', send('application/json', '{"title":'));
  pages.set('/below/huge', send('application/json', JSON.stringify({ ...said, html: 'x'.repeat(200_000) })));
  pages.set('/below/loop', moved('/below/loop'));
  pages.set('/below/away', moved('file:///etc/passwd'));
  for (const href of [
    'error',
    'no-json',
    'huge',
    'loop',
    'away',
    'file:///etc/passwd',
    'http://',
    'http://127.0.0.1:1/',
  ]) {
    const path = `/named-${encodeURIComponent(href)}`;
    pages.set(path, page(href));
    assert.deepEqual((await preview(site + path)).body, { 'og:title': 'Page', 'og:description': 'Prose.' }, href);
  }
});

test('previews: one fetch for all who ask at once; redirects are followed, a few', async () => {
  let answer = () => {};
  const asked = new Promise<void>((resolve) => {
    pages.set('/slow', (response) => {
      answer = () => send('text/html', '<title>Slow</title>')(response);
      resolve();
    });
  });
  const all = Array.from({ length: 3 }, () => preview(`${site}/slow`));
  await asked;
  // All three are there before the answer: the last request of the same connection pool has been handled.
  await mira.call('GET', '/v3/account/whoami');
  answer();
  for (const { body } of await Promise.all(all)) assert.deepEqual(body, { 'og:title': 'Slow' });
  assert.deepEqual(seen, ['/slow']);
  pages.set('/a', moved('/b'));
  pages.set('/b', moved(`${site}/c/d`));
  pages.set('/c/d', send('text/html', '<title>Found</title><link rel="icon" href="icon.png">'));
  pages.set('/c/icon.png', send('image/png', png));
  assert.equal((await preview(`${site}/a`)).body['og:image:width'], 1);
  pages.set('/loop', moved('/loop'));
  assert.deepEqual(await refusal(`${site}/loop`), [502, 'M_UNKNOWN']);
  assert.equal(seen.filter((path) => path === '/loop').length, 6);
});

test('previews: one person takes two places at a time, and leaves the others free', async () => {
  const nora = await registerUser(server, 'nora');
  const waiting: (() => void)[] = [];
  pages.set('/held', (response) => void waiting.push(() => send('text/html', '<title>Held</title>')(response)));
  const held = [1, 2].map((number) => preview(`${site}/held?${number}`));
  await until(() => waiting.length === 2);
  pages.set('/third', send('text/html', '<title>Third</title>'));
  const third = `${site}/third`;
  assert.deepEqual(await refusal(third), [429, 'M_LIMIT_EXCEEDED']);
  const path = `/_matrix/client/v1/media/preview_url?url=${encodeURIComponent(third)}`;
  assert.deepEqual((await nora.api('GET', path)).body, { 'og:title': 'Third' });
  for (const answer of waiting) answer();
  for (const { body } of await Promise.all(held)) assert.deepEqual(body, { 'og:title': 'Held' });
  pages.set('/fourth', send('text/html', '<title>Fourth</title>'));
  assert.deepEqual((await preview(`${site}/fourth`)).body, { 'og:title': 'Fourth' }, 'a place is given back');
});

test('previews: large pages are cut, large pictures left out', async () => {
  pages.set('/long', send('text/html', `<title>Long</title>${'<p>word</p>'.repeat(400_000)}`));
  assert.equal((await preview(`${site}/long`)).body['og:title'], 'Long');
  pages.set('/endless', (response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    const piece = Buffer.alloc(65_536, ' ');
    const more = () => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', more);
    response.write('<title>Endless</title>');
    more();
  });
  assert.equal((await preview(`${site}/endless`)).body['og:title'], 'Endless');
  pages.set('/huge.png', send('image/png', Buffer.concat([png, Buffer.alloc(6_000_000)])));
  assert.deepEqual((await preview(`${site}/huge.png`)).body, {});
});

test('previews: nothing to be had is always the same answer', async () => {
  pages.set('/error', (response) => void response.writeHead(500).end());
  pages.set('/packed', send('text/html', 'x', { 'content-encoding': 'gzip' }));
  pages.set('/cut', (response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'content-length': 100 });
    response.write('<title>');
    setImmediate(() => response.destroy());
  });
  pages.set('/scheme', moved('file:///etc/passwd'));
  pages.set('/nowhere', moved('http://'));
  pages.set('/password', moved(site.replace('//', '//user:secret@')));
  const paths = ['/missing', '/error', '/packed', '/cut', '/scheme', '/nowhere', '/password'];
  for (const url of [...paths.map((path) => site + path), 'http://127.0.0.1:1/', 'http://no-such-host.invalid/'])
    assert.deepEqual(await refusal(url), [502, 'M_UNKNOWN'], url);
  for (const url of ['file:///etc/passwd', 'ftp://example.org/', 'no url', `http://user@${site.slice(7)}/`, '//x'])
    assert.deepEqual(await refusal(url), [400, 'M_INVALID_PARAM'], url);
  assert.equal((await mira.api('GET', '/_matrix/client/v1/media/preview_url')).status, 400);
  const nobody = await server.api('GET', `/_matrix/client/v1/media/preview_url?url=${site}`);
  assert.deepEqual([nobody.status, nobody.body.errcode], [401, 'M_MISSING_TOKEN']);
});

test('previews: private addresses are out of reach in every way of writing them', async (t) => {
  const careful = await startServer({ config: { urlPreview: { enabled: true } } });
  t.after(() => careful.stop());
  const nils = await registerUser(careful, 'nils');
  const { port } = new URL(site);
  const hosts = [
    '127.0.0.1',
    'localhost',
    '2130706433',
    '0x7f.1',
    '[::ffff:127.0.0.1]',
    '[::1]',
    '0.0.0.0',
    '10.0.0.1',
  ];
  for (const host of [...hosts, '169.254.169.254', 'app.localhost']) {
    const url = encodeURIComponent(`http://${host}:${port}/secret`);
    const { status, body } = await nils.api('GET', `/_matrix/client/v1/media/preview_url?url=${url}`);
    assert.deepEqual([status, body.errcode], [502, 'M_UNKNOWN'], host);
  }
  assert.deepEqual(seen, []);
});

test('previews: off unless the operator wants them', async (t) => {
  const plain = await startServer({});
  t.after(() => plain.stop());
  const nils = await registerUser(plain, 'nils');
  const answer = await nils.api('GET', '/_matrix/client/v1/media/preview_url?url=http%3A%2F%2Fexample.org');
  assert.deepEqual([answer.status, answer.body.errcode], [404, 'M_UNRECOGNIZED']);
});

test('previews: a person gets so many a minute', async (t) => {
  const strict = await startServer({
    config: { urlPreview: { enabled: true, allowPrivateAddresses: true }, 'rateLimits.enabled': true },
  });
  t.after(() => strict.stop());
  const nils = await registerUser(strict, 'nils');
  const path = `/_matrix/client/v1/media/preview_url?url=${encodeURIComponent('http://127.0.0.1:1/')}`;
  const statuses: number[] = [];
  // One more comes back every other second, so that a slow machine asks for more than the first twenty.
  while (statuses.at(-1) !== 429 && statuses.length < 100) statuses.push((await nils.api('GET', path)).status);
  assert.deepEqual(statuses.slice(0, 20), Array(20).fill(502));
  assert.equal(statuses.at(-1), 429);
});

test('previews: their pictures are nobody’s files, so that one full person spoils nothing for all', async (t) => {
  const small = await startServer({
    config: { urlPreview: { enabled: true, allowPrivateAddresses: true }, quotas: { mediaBytes: 9000 } },
  });
  t.after(() => small.stop());
  const [full, other] = [await registerUser(small, 'full'), await registerUser(small, 'other')];
  await full.call('POST', '/_matrix/media/v3/upload', Buffer.alloc(4000, 'x'));
  const refused = await full.api('POST', '/_matrix/media/v3/upload', { body: Buffer.alloc(4000, 'y') });
  assert.equal(refused.body.errcode, 'M_USER_LIMIT_EXCEEDED');
  pages.set('/rock.png', send('image/png', png));
  pages.set('/page', send('text/html', '<title>T</title><meta property="og:image" content="rock.png">'));
  for (const path of ['/rock.png', '/page', '/page?2', '/page?3'])
    for (const who of [full, other]) {
      const url = encodeURIComponent(site + path);
      const { status, body } = await who.api('GET', `/_matrix/client/v1/media/preview_url?url=${url}`);
      assert.deepEqual([status, body['og:image:width']], [200, 1], `${path} ${who.userId}`);
    }
  await other.call('POST', '/_matrix/media/v3/upload', Buffer.alloc(4000, 'z'));
});
