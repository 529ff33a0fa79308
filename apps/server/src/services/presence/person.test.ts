import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createChanges } from './changes.ts';
import {
  activeForMs,
  deviceOf,
  dropGone,
  goneAfterMs,
  idleAfterMs,
  isActive,
  newPerson,
  nextChangeMs,
  stateOf,
} from './person.ts';

test('time makes people inactive, then idle, then gone', () => {
  const person = newPerson();
  assert.deepEqual([stateOf(person, 0), nextChangeMs(person, 0)], ['offline', undefined]);
  const phone = Object.assign(deviceOf(person, 'phone'), { state: 'online', polls: 1, seenMs: 0 });
  person.lastActiveMs = 0;
  assert.deepEqual([stateOf(person, 0), isActive(person, 0), nextChangeMs(person, 0)], ['online', true, activeForMs]);
  assert.deepEqual([stateOf(person, activeForMs), isActive(person, activeForMs)], ['online', false]);
  assert.equal(nextChangeMs(person, activeForMs), idleAfterMs - activeForMs);
  assert.deepEqual([stateOf(person, idleAfterMs), isActive(person, idleAfterMs)], ['unavailable', false]);
  assert.equal(nextChangeMs(person, idleAfterMs), undefined, 'nothing changes while the device polls');
  Object.assign(phone, { polls: 0, seenMs: idleAfterMs });
  assert.equal(nextChangeMs(person, idleAfterMs), goneAfterMs);
  dropGone(person, idleAfterMs + goneAfterMs - 1);
  assert.equal(stateOf(person, idleAfterMs), 'unavailable');
  dropGone(person, idleAfterMs + goneAfterMs);
  assert.equal(stateOf(person, idleAfterMs), 'offline');
});

test('the device that is most there counts', () => {
  const person = newPerson();
  person.lastActiveMs = 0;
  deviceOf(person, 'a').state = 'unavailable';
  assert.equal(stateOf(person, 0), 'unavailable');
  deviceOf(person, 'b').state = 'online';
  deviceOf(person, 'c').state = 'offline';
  assert.equal(stateOf(person, 0), 'online');
});

test('changes are kept by person, the newest alone, and found by range', () => {
  const changes = createChanges();
  for (let position = 1; position <= 5000; position++) changes.add(`u${position % 3}`, position);
  changes.add('u0', 7);
  assert.deepEqual(changes.between({ since: 0, upto: 5000 }).sort(), ['u0', 'u1', 'u2']);
  assert.deepEqual(changes.between({ since: 4998, upto: 5000 }).sort(), ['u1', 'u2']);
  assert.deepEqual(changes.between({ since: 4998, upto: 4999 }), ['u1']);
  assert.deepEqual(changes.between({ since: 5000, upto: 9000 }), []);
});
