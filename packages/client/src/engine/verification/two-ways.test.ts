import assert from 'node:assert/strict';
import test from 'node:test';
import type { Step } from './step.ts';
import { createBegunWays } from './two-ways.ts';

const type = 'm.key.verification.start';
const [own, other] = ['@ada:x', '@ben:x'];
const between = (sender: string, method: string): Step => ({
  type,
  sender,
  content: { transaction_id: 'one', method },
});
const inRoom = (sender: string, method: string): Step => ({
  event_id: '$start',
  type,
  sender,
  content: { 'm.relates_to': { event_id: '$asked' }, method },
});

test('two ways are two only where both began, each differently', () => {
  const ways = createBegunWays(own);
  ways.note(between(other, 'm.sas.v1'));
  assert.equal(ways.differ('one'), false, 'we began nothing');
  ways.noteOurs('one', 'm.sas.v1');
  assert.equal(ways.differ('one'), false, 'the same way');
  ways.note(between(other, 'm.reciprocate.v1'));
  assert.equal(ways.differ('one'), true);
  assert.equal(ways.differ('another'), false);
});

test('what comes back of one’s own in a conversation is not theirs; another session of one’s own is', () => {
  const ways = createBegunWays(own);
  ways.noteOurs('$asked', 'm.sas.v1');
  ways.note(inRoom(own, 'm.reciprocate.v1'));
  assert.equal(ways.differ('$asked'), false);
  ways.note(inRoom(other, 'm.reciprocate.v1'));
  assert.equal(ways.differ('$asked'), true);
  ways.noteOurs('one', 'm.sas.v1');
  ways.note(between(own, 'm.reciprocate.v1'));
  assert.equal(ways.differ('one'), true);
});

test('others can’t make grow what is kept of them, and push out the oldest alone', () => {
  const ways = createBegunWays(own);
  ways.noteOurs('one', 'm.reciprocate.v1');
  const from = (id: string): Step => ({
    ...between(other, 'm.sas.v1'),
    content: { transaction_id: id, method: 'm.sas.v1' },
  });
  for (const id of ['one', ...Array.from({ length: 199 }, (_, at) => `${at}`)]) ways.note(from(id));
  assert.equal(ways.differ('one'), true);
  ways.note(from('the 201st'));
  assert.equal(ways.differ('one'), false);
});
