import assert from 'node:assert/strict';
import test from 'node:test';
import { memoryStorage } from '../platform.ts';
import { createEncryptionPins } from './encryption-pins.ts';
import { createReplayLedger, megolmIndex } from './replay-ledger.ts';
import { rotationLimits, withSaneRotation } from './rotation.ts';
import { createVerifiedLedger } from './verified-ledger.ts';

/** A Megolm message with this index: version, tag, varint, then the ciphertext's tag and a byte. */
function message(index: number): string {
  const varint: number[] = [];
  let rest = index;
  do {
    varint.push(rest > 0x7f ? (rest % 0x80) + 0x80 : rest);
    rest = Math.floor(rest / 0x80);
  } while (rest > 0);
  return btoa(String.fromCharCode(3, 8, ...varint, 0x12, 1, 0xff)).replace(/=+$/, '');
}

test('pins survive a reload and are gone after clear', () => {
  const storage = memoryStorage();
  createEncryptionPins(storage, 'a').pin('!room:hs');
  const reloaded = createEncryptionPins(storage, 'a');
  assert.ok(reloaded.isPinned('!room:hs'));
  assert.ok(!reloaded.isPinned('!other:hs'));
  assert.ok(!createEncryptionPins(storage, 'b').isPinned('!room:hs'), 'another name has pins of its own');
  reloaded.clear();
  assert.ok(!createEncryptionPins(storage, 'a').isPinned('!room:hs'));
  assert.deepEqual(storage.keys(), []);
});

test('a pin holds while the storage is full', () => {
  const full = { ...memoryStorage(), set: () => assert.fail('full') };
  const pins = createEncryptionPins(full, 'a');
  pins.pin('!room:hs');
  assert.ok(pins.isPinned('!room:hs'));
});

test('the message index is read from the ciphertext', () => {
  for (const index of [0, 1, 127, 128, 300, 2 ** 31, 2 ** 32 - 1]) assert.equal(megolmIndex(message(index)), index);
  for (const broken of [
    '',
    'A',
    '%%%%',
    btoa('\u0002\u0008\u0001'),
    btoa('\u0003\u0012\u0001'),
    btoa('\u0003\u0008'),
  ]) {
    assert.equal(megolmIndex(broken), undefined, JSON.stringify(broken));
  }
  const endless = btoa(String.fromCharCode(3, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1));
  assert.equal(megolmIndex(endless), undefined);
});

test('a ciphertext belongs to the first event that shows it', () => {
  const ledger = createReplayLedger();
  const first = { roomId: '!a', eventId: '$1', sessionId: 's', ciphertext: message(5) };
  assert.ok(ledger.admit(first));
  assert.ok(ledger.admit(first), 'the same event again');
  assert.ok(!ledger.admit({ ...first, eventId: '$2' }), 'a replay');
  assert.ok(ledger.admit({ ...first, eventId: '$3', ciphertext: message(6) }), 'the next message');
  assert.ok(ledger.admit({ ...first, eventId: '$4', sessionId: 't' }), 'another session');
  assert.ok(!ledger.admit({ ...first, eventId: '$5', ciphertext: 'broken' }), 'no Megolm message');
});

test('rotation: only what is shorter than our limits is obeyed', () => {
  const { longestPeriodMs, mostMessages, shortestPeriodMs } = rotationLimits;
  const of = (ms: unknown, msgs: unknown) => {
    const sane = withSaneRotation({ algorithm: 'x', rotation_period_ms: ms, rotation_period_msgs: msgs });
    return [sane.rotation_period_ms, sane.rotation_period_msgs];
  };
  assert.deepEqual(of(undefined, undefined), [longestPeriodMs, mostMessages]);
  assert.deepEqual(of(1e15, 1e9), [longestPeriodMs, mostMessages]);
  assert.deepEqual(of(86_400_000, 10), [86_400_000, 10]);
  assert.deepEqual(of(-5, 0), [shortestPeriodMs, 1]);
  assert.deepEqual(of(0.5, 2.7), [shortestPeriodMs, 2]);
  assert.deepEqual(of('1', Number.NaN), [longestPeriodMs, mostMessages]);
  assert.equal(withSaneRotation({ algorithm: 'x', rotation_period_ms: 1 }).algorithm, 'x');
});

test('somebody verified no longer: by a new identity of theirs, or by one of our own alone', () => {
  const storage = memoryStorage();
  const before = createVerifiedLedger(storage, 'test:verified');
  before.note('@ada:hs', { theirs: 'ada-1', ours: 'own-1' });
  for (const ledger of [before, createVerifiedLedger(storage, 'test:verified')]) {
    assert.equal(ledger.isOwnLoss('@ada:hs', { theirs: 'ada-1', ours: 'own-2' }), true);
    assert.equal(ledger.isOwnLoss('@ada:hs', { theirs: 'ada-2', ours: 'own-1' }), false, 'theirs was replaced');
    assert.equal(ledger.isOwnLoss('@ada:hs', { theirs: 'ada-2', ours: 'own-2' }), false, 'both were');
    assert.equal(ledger.isOwnLoss('@ada:hs', { theirs: 'ada-1', ours: 'own-1' }), false, 'neither was');
    assert.equal(ledger.isOwnLoss('@bob:hs', { theirs: 'bob-1', ours: 'own-2' }), false, 'nobody saw them verified');
  }
  before.note('@ada:hs', { theirs: 'ada-2', ours: 'own-2' });
  assert.equal(before.isOwnLoss('@ada:hs', { theirs: 'ada-1', ours: 'own-3' }), false, 'the last one counts');
  assert.equal(before.isOwnLoss('@ada:hs', { theirs: 'ada-2', ours: 'own-3' }), true);
});
