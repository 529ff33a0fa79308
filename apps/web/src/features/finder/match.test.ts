import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestFits, fit } from './match.ts';

test('accents and case make no difference', () => {
  assert.equal(fit('Élif Aydın', 'elif'), 3);
  assert.equal(fit('Jürgen', 'JUR'), 3);
});

test('the start of the name fits best, then the start of a word, then anywhere', () => {
  assert.deepEqual(
    [fit('Night shift', 'nig'), fit('Night shift', 'shi'), fit('Night shift', 'ght'), fit('Night shift', 'xyz')],
    [3, 2, 1, 0],
  );
  const names = ['Midnight', 'The night', 'Night shift', 'Board'];
  assert.deepEqual(
    bestFits(names, 'night', (name) => name),
    ['Night shift', 'The night', 'Midnight'],
  );
});

test('nothing typed finds all, in their order', () => {
  assert.deepEqual(
    bestFits(['b', 'a'], ' ', (name) => name),
    ['b', 'a'],
  );
});
