import assert from 'node:assert/strict';
import test from 'node:test';
import { createTurns } from './turns.ts';

test('one after another, also after one that failed, which only its own caller hears of', async () => {
  const inTurn = createTurns();
  const happened: string[] = [];
  const first = Promise.withResolvers<void>();
  const failing = inTurn(async () => {
    happened.push('first begins');
    await first.promise;
    happened.push('first ends');
    throw new Error('no');
  });
  const next = inTurn(async () => {
    happened.push('second');
    return 2;
  });
  first.resolve();
  await assert.rejects(failing, /no/);
  assert.equal(await next, 2);
  assert.deepEqual(happened, ['first begins', 'first ends', 'second']);
});
