import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costMs } from '@sotto/testing';
import { decodePage } from './decode-page.ts';
import { readPage } from './read-page.ts';

test('a page: its own words come first, guesses where they lack', async () => {
  const full = await readPage(`<html><head><title>The title</title>
    <meta property="og:title" content="The Rock &amp; more"><meta property="og:title" content="second">
    <meta property="og:type" content="video.movie"><meta property="og:description" content=" a
    film ">
    <meta property="og:image" content="/rock.png"><meta property="og:video" content="https://elsewhere.org/film">
    <meta property="og:empty" content=""><base href="/below/"></head></html>`);
  assert.deepEqual(full, {
    properties: { 'og:title': 'The Rock & more', 'og:type': 'video.movie', 'og:description': 'a film' },
    image: '/rock.png',
    base: '/below/',
    oembed: undefined,
  });
  const plain = await readPage(`<title>Plain\u202e words</title><svg><title>drawing</title></svg>
    <nav><p>menu</p></nav><h1>Heading</h1><p>First <b>words</b>.<script>alert(1)</script></p><p>Second.</p>
    <img src="small.png" width="10" height="10"><img src="/large.png" width="300" height="200">
    <link rel="shortcut icon" href="/icon.png">`);
  assert.deepEqual(plain.properties, { 'og:title': 'Plain words', 'og:description': 'First words. Second.' });
  assert.equal(plain.image, '/large.png');
  const twitter = await readPage(
    '<meta name="twitter:title" content="T"><meta name="Description" content="D"><h2>H</h2>',
  );
  assert.deepEqual(twitter.properties, { 'og:title': 'T', 'og:description': 'D' });
  assert.deepEqual((await readPage('<h2>Only this</h2>')).properties, { 'og:title': 'Only this' });
  assert.deepEqual(await readPage(''), { properties: {}, image: undefined, base: undefined, oembed: undefined });
});

test('a page: what is long is cut, what is many is left out', async () => {
  const { properties } = await readPage(`<p>${'word '.repeat(500)}</p><title>${'x'.repeat(9999)}</title>`);
  assert.match(properties['og:description'] ?? '', /^(word )+word…$/);
  assert.ok((properties['og:description'] ?? '').length <= 501);
  assert.equal(properties['og:title']?.length, 1000);
  const many = Array.from({ length: 5000 }, (_, n) => `<meta property="og:x${n}" content="${n}">`).join('');
  assert.ok(Object.keys((await readPage(many)).properties).length <= 51);
  assert.equal(
    Object.getPrototypeOf((await readPage('<meta property="__proto__" content="x">')).properties),
    Object.prototype,
  );
});

test('a page: nothing takes long, however it is built', async () => {
  const hostile = {
    'deep, and closed by others': `${'<b>'.repeat(160_000)}${'</i>'.repeat(120_000)}`,
    'never closed': '<p>'.repeat(300_000),
    'attributes without end': `<meta ${'a '.repeat(500_000)}>`,
    'a tag without end': `<${'a'.repeat(1_000_000)}`,
    'one quote': `<meta content="${'x'.repeat(1_000_000)}`,
    entities: `<title>${'&'.repeat(1_000_000)}`,
    spaces: `<title>${' '.repeat(1_000_000)}x</title>`,
  };
  for (const [name, html] of Object.entries(hostile)) {
    const took = await costMs(() => readPage(html));
    assert.ok(took < 2000, `${name}: ${took} ms`);
  }
  assert.equal((await readPage(`<title>kept</title>${'<i>'.repeat(999)}`)).properties['og:title'], 'kept');
});

test('a page: its encoding is what it says, in this order', () => {
  const latin = Buffer.from('<meta charset="utf-8">caf\xe9', 'latin1');
  assert.match(decodePage(latin, 'text/html; charset=ISO-8859-1'), /café$/);
  assert.match(decodePage(Buffer.from('<meta charset="windows-1252">caf\xe9', 'latin1'), 'text/html'), /café$/);
  assert.match(decodePage(Buffer.from('<?xml encoding="koi8-r"?>\xc1', 'latin1'), ''), /а$/);
  assert.equal(decodePage(Buffer.from('\ufeffcafé', 'utf16le'), 'text/html; charset=utf-8'), 'café');
  assert.equal(decodePage(Buffer.from('\ufeffcafé'), 'text/html; charset=latin1'), 'café');
  assert.equal(decodePage(Buffer.from('café'), 'text/html; charset=no-such'), 'café');
});
