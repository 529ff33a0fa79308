import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNewestPositions } from './newest-positions.ts';
import { createRecentWrites } from './recent-writes.ts';

test('an id is known to be quiet only as far back as nothing was forgotten', () => {
  const newest = createNewestPositions({ from: 10, most: 2 });
  assert.equal(newest.mayBeAfter('a', 9), true, 'before the start nothing is known');
  assert.equal(newest.mayBeAfter('a', 10), false);
  newest.note('a', 11);
  assert.equal(newest.mayBeAfter('a', 10), true);
  assert.equal(newest.mayBeAfter('a', 11), false);
  for (let n = 0; n < 6; n++) newest.note(`other${n}`, 12 + n);
  assert.equal(newest.mayBeAfter('a', 10), true, 'what was forgotten may be news');
  assert.equal(newest.mayBeAfter('a', 17), false);
});

test('the newest position of an id counts, in whatever order they come', () => {
  const newest = createNewestPositions({ from: 0, most: 2 });
  for (const [id, position] of [
    ['a', 20],
    ['b', 5],
    ['c', 6],
    ['a', 8],
  ] as const)
    newest.note(id, position);
  assert.deepEqual([newest.mayBeAfter('a', 19), newest.mayBeAfter('b', 5)], [true, false]);
  newest.beginAt(30);
  assert.deepEqual([newest.mayBeAfter('a', 29), newest.mayBeAfter('a', 30)], [true, false]);
});

test('rooms with something new are all found, whoever reads first and however much was forgotten', async () => {
  const log: { id: string; position: number }[] = [];
  const db = {} as never;
  const recent = createRecentWrites(
    async (_db, { since, upto }) => log.filter(({ position }) => position > since && position <= upto),
    3,
  );
  const everyRoom = new Set(Array.from({ length: 12 }, (_, n) => `room${n}`));
  let found = 0;
  for (let position = 1; position <= 3_000; position++) {
    log.push({ id: `room${(position * position) % 12}`, position });
    if (position % 7 !== 0) continue;
    for (const since of [position - 1, position - 5, position - 40, Math.max(0, position - 2_500)]) {
      const rooms = new Set(await recent.among(db, everyRoom, { since, upto: position }));
      const missed = log.filter((each) => each.position > since && !rooms.has(each.id));
      assert.deepEqual(missed, [], `from ${since} to ${position}`);
      if (rooms.size < everyRoom.size) found++;
    }
  }
  assert.ok(found > 500, 'most answers name fewer rooms than all');
});
