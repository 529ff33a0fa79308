import assert from 'node:assert/strict';
import test from 'node:test';
import { createRunner, createSource, isSameData } from './observable.ts';

test('a source tells of changes only, and not after the end of a subscription', () => {
  const source = createSource(1);
  const seen: number[] = [];
  const end = source.subscribe(() => seen.push(source.get()));
  source.set(1);
  source.set(2);
  end();
  source.set(3);
  assert.deepEqual(seen, [2]);
  assert.equal(source.get(), 3);
});

test('the same listener given twice ends separately', () => {
  const source = createSource(0);
  let calls = 0;
  const listener = () => {
    calls++;
  };
  const end = source.subscribe(listener);
  source.subscribe(listener);
  end();
  source.set(1);
  assert.equal(calls, 1);
});

test('data is compared by what it says', () => {
  assert.ok(isSameData({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }));
  assert.ok(isSameData({ a: 1, b: undefined }, { a: 1 }));
  for (const [a, b] of [
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: 1 }],
    [[1], { 0: 1 }],
    [{}, null],
    [{ a: 1 }, { a: 1, b: 2 }],
  ]) {
    assert.ok(!isSameData(a, b), JSON.stringify([a, b]));
  }
});

test('a runner runs one at a time, and once more for what was asked meanwhile', async () => {
  const gates: (() => void)[] = [];
  const run = createRunner(() => new Promise((resolve) => gates.push(resolve)));
  const all = Promise.all([run(), run(), run()]);
  assert.equal(gates.length, 1);
  gates[0]?.();
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(gates.length, 2);
  gates[1]?.();
  await all;
  assert.equal(gates.length, 2);
  const again = run();
  assert.equal(gates.length, 3);
  gates[2]?.();
  await again;
});
