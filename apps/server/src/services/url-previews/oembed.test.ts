import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { startReceiver } from '@sotto/testing';
import { type Connections, createConnections } from '../outbound/connections.ts';
import { fetchFileThrough } from '../outbound/fetch-file.ts';
import { createUrlPreviews } from './index.ts';
import { findOembedUrl, knownProviders, readOembed } from './oembed.ts';

const media = { upload: async () => 'mxc://localhost/x', maxUploadBytes: 1_000_000 };
const quotas = { takeBytes: () => undefined };
const read = (answer: object) => readOembed(JSON.stringify({ version: '1.0', ...answer }));

test('oembed: an answer is told in the words of OpenGraph, text and a picture alone', async () => {
  const film = { type: 'video', title: 'A film', author_name: 'Mira', provider_name: 'Films', thumbnail_url: '/t.png' };
  assert.deepEqual(await read({ ...film, html: '<iframe src="https://films.example/1"></iframe>' }), {
    properties: { 'og:title': 'A film', 'og:site_name': 'Films', 'og:type': 'video.other' },
    image: '/t.png',
  });
  const said = '<blockquote><p>First <b>words</b></p><script>alert(1)</script><img src="/p.png" width=200 height=200>';
  assert.deepEqual(await read({ type: 'rich', author_name: 'Tom\u202e', html: said }), {
    properties: { 'og:title': 'Tom', 'og:description': 'First words' },
    image: '/p.png',
  });
  assert.equal((await read({ type: 'photo', url: '/large.png', thumbnail_url: '/small.png' }))?.image, '/large.png');
  assert.deepEqual((await read({ type: 'link', version: 1 }))?.properties, { 'og:type': 'website' });
});

test('oembed: what is no answer says nothing, and wrong kinds of values are left out', async () => {
  for (const text of ['', 'null', '[]', '"x"', '<oembed>', '{"version":"2.0","title":"x"}', '['.repeat(100_000)])
    assert.equal(await readOembed(text), undefined, text.slice(0, 20));
  const wrong = { type: '__proto__', title: 1, author_name: null, provider_name: [], thumbnail_url: {}, html: 7 };
  assert.deepEqual(await read(wrong), { properties: {}, image: undefined });
  const long = await read({ type: 'rich', title: 'x'.repeat(5000), html: '<p>'.repeat(20_000) });
  assert.equal(long?.properties['og:title']?.length, 1000);
});

test('oembed: known sites by their host and path, and no others', () => {
  const find = (url: string) => findOembedUrl(knownProviders, new URL(url))?.href;
  assert.equal(
    find('https://youtu.be/abc?t=1'),
    'https://www.youtube.com/oembed?url=https%3A%2F%2Fyoutu.be%2Fabc%3Ft%3D1&format=json',
  );
  assert.match(find('https://www.youtube.com/watch?v=abc') ?? '', /^https:\/\/www\.youtube\.com\/oembed\?/);
  assert.match(find('https://x.com/mira/status/1') ?? '', /^https:\/\/publish\.twitter\.com\//);
  for (const url of ['https://www.youtube.com/', 'https://youtu.be.example.org/x', 'https://example.org/youtu.be/x'])
    assert.equal(find(url), undefined, url);
});

test('oembed: a known site is asked in the place of its page, whose own words serve where it does not answer', async (t) => {
  const web = await startReceiver();
  t.after(() => web.stop());
  const previews = createUrlPreviews({
    media,
    quotas,
    now: () => 0,
    allowPrivateAddresses: true,
    providers: [{ hosts: [new URL(web.url).host], paths: ['/films/'], endpoint: `${web.url}/oembed` }],
  });
  t.after(() => previews.close());
  web.answerWith(({ path }) =>
    path.startsWith('/oembed') && path.includes('one') ? { body: { type: 'video', title: 'One' } } : { status: 404 },
  );
  const preview = await previews.get(`${web.url}/films/one`, '@mira:localhost');
  assert.deepEqual(preview, { 'og:title': 'One', 'og:type': 'video.other' });
  await assert.rejects(previews.get(`${web.url}/films/two`, '@mira:localhost'), { errcode: 'M_UNKNOWN' });
  const asked = (name: string) => `/oembed?url=${encodeURIComponent(`${web.url}/films/${name}`)}&format=json`;
  assert.deepEqual(
    web.received.map(({ path }) => path),
    [asked('one'), asked('two'), '/films/two'],
  );
});

test('oembed: a page of the web names an endpoint, a picture or a known site inside, and nobody is asked there', async (t) => {
  const inside = await startReceiver();
  t.after(inside.stop);
  const page = createServer((_request, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(`<title>Page</title><link rel="alternate" type="application/json+oembed" href="${inside.url}/named">`),
  );
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
  t.after(() => page.close().closeAllConnections());
  const { port } = page.address() as AddressInfo;
  const closed = createConnections({ allowPrivateAddresses: false });
  const open = createConnections({ allowPrivateAddresses: true });
  t.after(open.close);
  /** The public internet: one site. */
  const previewsThrough = (others: Connections) => {
    const previews = createUrlPreviews({
      ...{ media, quotas, now: () => 0, allowPrivateAddresses: false },
      providers: [{ hosts: ['known.example'], endpoint: `${inside.url}/known` }],
      fetchFile: fetchFileThrough({
        ...others,
        open(call) {
          const isSite = call.url.hostname.endsWith('.example');
          return isSite ? open.open({ ...call, url: new URL(`http://127.0.0.1:${port}/`) }) : others.open(call);
        },
      }),
    });
    t.after(() => previews.close());
    return (url: string) => previews.get(url, '@mira:localhost');
  };
  const asked = () => inside.received.map(({ path }) => path.split('?', 1)[0]);
  inside.answerWith(() => ({ body: { version: '1.0', title: 'Secret', thumbnail_url: `${inside.url}/picture` } }));
  const naive = previewsThrough(open);
  assert.equal((await naive('http://public.example/'))['og:title'], 'Secret');
  assert.equal((await naive('http://known.example/film'))['og:title'], 'Secret');
  assert.deepEqual(asked(), ['/named', '/picture', '/known', '/picture'], 'without the guard they are asked');
  inside.received.length = 0;
  const careful = previewsThrough(closed);
  assert.deepEqual(await careful('http://public.example/'), { 'og:title': 'Page' });
  assert.deepEqual(await careful('http://known.example/film'), { 'og:title': 'Page' });
  assert.deepEqual(asked(), []);
});
