import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lengthOf, RawJson } from '../raw-json.ts';
import { roomsAfter, roomsPerTurn } from './join-section.ts';

test('a first answer has about a megabyte of rooms at a time', () => {
  assert.equal(roomsAfter(4, 4 * 250_000), 4);
  assert.equal(roomsAfter(16, 16 * 250_000), 4, 'fewer after large ones');
  assert.equal(roomsAfter(64, 64 * 5_000_000), 1, 'but one at least');
  assert.equal(roomsAfter(4, 4 * 1_000), 16, 'more after small ones, with care');
  assert.equal(roomsAfter(64, 64 * 1_000), roomsPerTurn);
  assert.equal(roomsAfter(4, 0), 16);
});

test('the length of a part of an answer is that of the texts in it', () => {
  const events = [new RawJson('{"type":"a"}'), new RawJson('{}')];
  assert.equal(
    lengthOf({ timeline: { events, limited: true }, name: 'four', count: 7, none: undefined, no: null }),
    18,
  );
});
