import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initials, tint } from './face.ts';

test('letters come from the first and the last word', () => {
  assert.equal(initials('Mira Hoffmann'), 'MH');
  assert.equal(initials('Anna von der Heide'), 'AH');
  assert.equal(initials('mira'), 'M');
  assert.equal(initials('élif aydın'), 'ÉA');
});

test('marks, emoji and bidirectional tricks are no letters', () => {
  assert.equal(initials('‮🙂'), '#');
  assert.equal(initials('@mira:example.org'), 'MO');
});

test('letters beyond the basic plane stay whole', () => {
  assert.equal(initials('𝒜da'), '𝒜');
});

test('the tint is one of five and stays the same', () => {
  assert.equal(tint('@mira:a'), tint('@mira:a'));
  for (let i = 0; i < 50; i++) assert.ok(tint(`@p${i}:a`) >= 1 && tint(`@p${i}:a`) <= 5);
});
