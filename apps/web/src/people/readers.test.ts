import assert from 'node:assert/strict';
import { test } from 'node:test';
import { de } from '../i18n/de.ts';
import { en } from '../i18n/en.ts';
import { listOf } from '../i18n/plural.ts';
import { readersText } from './readers.ts';

const person = (name: string) => ({ userId: `@${name}:x`, displayName: name });
const room = (...names: string[]) => ({ isEncrypted: true, readers: names.map(person) });
const english = { t: en, list: listOf('en') };
const german = { t: de, list: listOf('de') };

test('few readers are named, many are counted', () => {
  assert.equal(readersText(english, room('me'), '@me:x'), 'Only you can read this');
  assert.equal(readersText(english, room('me', 'Mira'), '@me:x'), 'Only you and Mira can read this');
  assert.equal(readersText(english, room('Noor', 'me', 'Mira'), '@me:x'), 'Only you, Noor, and Mira can read this');
  assert.equal(readersText(german, room('me', 'Mira'), '@me:x'), 'Nur du und Mira könnt das lesen');
  assert.equal(
    readersText(english, room('me', 'a', 'b', 'c', 'd'), '@me:x'),
    'Only the 5 people in this room can read this',
  );
});

test('a room without encryption never claims to be private', () => {
  assert.match(readersText(english, { ...room('me', 'Mira'), isEncrypted: false }, '@me:x'), /server can read/);
});
