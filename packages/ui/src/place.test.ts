import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Floating, placeBeside } from './place.ts';

const screen: Floating = {
  size: { width: 100, height: 40 },
  window: { width: 400, height: 300 },
  side: 'below',
  align: 'centre',
};

test('a floating thing lies under the middle of its anchor', () => {
  const at = placeBeside({ left: 150, top: 100, width: 20, height: 20 }, screen);
  assert.deepEqual(at, { left: 110, top: 126 });
});

test('it flips above when there is no room below', () => {
  const at = placeBeside({ left: 150, top: 260, width: 20, height: 20 }, screen);
  assert.equal(at.top, 260 - 6 - 40);
});

test('it never leaves the window sideways', () => {
  assert.equal(placeBeside({ left: 390, top: 10, width: 10, height: 10 }, screen).left, 400 - 100 - 8);
  assert.equal(placeBeside({ left: 0, top: 10, width: 10, height: 10 }, screen).left, 8);
});

test('trailing edges line up when asked', () => {
  const at = placeBeside({ left: 200, top: 10, width: 50, height: 10 }, { ...screen, align: 'end' });
  assert.equal(at.left, 150);
});
