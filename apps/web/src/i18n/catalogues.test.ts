import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Catalogue } from './catalogue.ts';
import { languageNames, loadCatalogue, localeOf, preferredLanguage } from './catalogues.ts';
import { pluralOf } from './plural.ts';
import { problemText } from './problem-text.ts';

function texts(node: unknown, path: string, found = new Map<string, string>()): Map<string, string> {
  if (typeof node === 'string') found.set(path, node);
  else if (typeof node === 'function') found.set(path, String(node('A', 'B', 'C')));
  else for (const [key, value] of Object.entries(node as object)) texts(value, `${path}.${key}`, found);
  return found;
}

test('the languages have the same keys, and no text is empty', async () => {
  const english = texts(await loadCatalogue('en'), 'text');
  for (const language of Object.keys(languageNames) as (keyof typeof languageNames)[]) {
    const other = texts(await loadCatalogue(language), 'text');
    assert.deepEqual([...other.keys()], [...english.keys()], language);
    for (const [key, text] of other) assert.ok(text.trim() !== '', `${language} ${key}`);
  }
});

test('no text shouts, and none speaks of the protocol', async () => {
  for (const language of Object.keys(languageNames) as (keyof typeof languageNames)[]) {
    for (const [key, text] of texts(await loadCatalogue(language), 'text')) {
      assert.doesNotMatch(text, /!/, `${language} ${key}`);
      assert.doesNotMatch(text, /megolm|olm session|cross-signing|event\b|homeserver|M_[A-Z]/i, `${language} ${key}`);
    }
  }
});

test('German words are German', async () => {
  const [english, german] = [texts(await loadCatalogue('en'), ''), texts(await loadCatalogue('de'), '')];
  const same = [...german].filter(([key, text]) => english.get(key) === text && /[a-z]{3,} [a-z]{3,}/i.test(text));
  assert.deepEqual(same, []);
});

test('counts take the form of their language', () => {
  const plural = pluralOf('en');
  const forms = { one: '# message', other: '# messages' };
  assert.equal(plural(1, forms), '1 message');
  assert.equal(plural(0, forms), '0 messages');
  assert.equal(plural(1200, forms), '1,200 messages');
});

test('the language is the first that the browser prefers and we speak', () => {
  assert.equal(preferredLanguage(['fr-CH', 'de-CH', 'en']), 'de');
  assert.equal(preferredLanguage(['EN-gb']), 'en');
  assert.equal(preferredLanguage(['tlh', 'constructor']), 'en');
});

test('dates are written as where the reader is', () => {
  assert.equal(localeOf('en', ['de', 'en-GB', 'en']), 'en-GB');
  assert.equal(localeOf('de', ['en-GB']), 'de');
});

test('a limit says how long to wait', async () => {
  const t: Catalogue = await loadCatalogue('en');
  assert.match(problemText(t, { kind: 'rate-limited', retryAfterMs: 2400 }), /3 seconds/);
});
