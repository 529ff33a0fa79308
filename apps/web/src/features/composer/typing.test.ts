import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createTyping } from './typing.ts';

function begin(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const said: boolean[] = [];
  const typing = createTyping((isTyping) => said.push(isTyping));
  return { typing, said, wait: (ms: number) => t.mock.timers.tick(ms) };
}

test('who types on without a pause says so at each key, so that the server does not forget it', (t) => {
  const { typing, said, wait } = begin(t);
  for (let second = 0; second < 45; second++) {
    typing.note(true);
    wait(1000);
  }
  assert.deepEqual(said, Array(45).fill(true));
});

test('a pause, an empty field and leaving end it, once', (t) => {
  const { typing, said, wait } = begin(t);
  typing.note(true);
  wait(5000);
  assert.deepEqual(said, [true, false]);
  typing.note(true);
  typing.note(false);
  typing.note(false);
  assert.deepEqual(said, [true, false, true, false]);
  typing.note(true);
  typing.stop();
  wait(5000);
  typing.stop();
  assert.deepEqual(said.slice(4), [true, false]);
});
