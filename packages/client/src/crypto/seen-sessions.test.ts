import assert from 'node:assert/strict';
import test from 'node:test';
import { memoryStorage } from '../platform.ts';
import { createSeenSessions, type SessionMark } from './seen-sessions.ts';

const phone: SessionMark = { deviceId: 'PHONE', fingerprint: 'key', loggedInMs: 1000 };
const { deviceId } = phone;

/** What is remembered after a reload. */
function seenAfter(...sessions: SessionMark[]) {
  const storage = memoryStorage();
  createSeenSessions(storage, 'seen').add(sessions);
  return createSeenSessions(storage, 'seen');
}

test('a session is the one that was seen by its key and the time of its login', () => {
  const cases: [before: SessionMark, now: SessionMark, isSame: boolean, why: string][] = [
    [phone, phone, true, 'nothing changed'],
    [phone, { ...phone, fingerprint: 'other' }, false, 'another key'],
    [phone, { ...phone, loggedInMs: 2000 }, false, 'the keys were taken over with the id'],
    [phone, { deviceId, loggedInMs: 1000 }, false, 'a key doesn’t go'],
    [phone, { deviceId, fingerprint: 'key' }, true, 'the server says nothing of the time any more'],
    [{ deviceId, fingerprint: 'key' }, phone, true, 'the server begins to'],
    [{ deviceId, fingerprint: 'key' }, { ...phone, fingerprint: 'other' }, false, 'it does, of another'],
    [{ deviceId, loggedInMs: 1000 }, phone, true, 'the same login made its keys'],
    [{ deviceId, loggedInMs: 1000 }, { ...phone, loggedInMs: 2000 }, false, 'another login did'],
    [{ deviceId }, { deviceId, fingerprint: 'key' }, false, 'whichever login did'],
    [{ deviceId }, { deviceId }, true, 'nothing is known of either'],
  ];
  for (const [before, now, isSame, why] of cases) assert.equal(seenAfter(before).has(now), isSame, why);
  assert.equal(seenAfter(phone).has({ ...phone, deviceId: 'TABLET' }), false);
});

test('what ended is forgotten, what came to be known is kept, and what took an id’s place is not', () => {
  const seen = seenAfter(phone, { deviceId: 'TABLET', loggedInMs: 1 }, { deviceId: 'LAPTOP', loggedInMs: 2 });
  seen.keepOnly([
    { ...phone, loggedInMs: 2000 },
    { deviceId: 'TABLET', loggedInMs: 1, fingerprint: 'made later' },
  ]);
  assert.equal(seen.has({ ...phone, loggedInMs: 2000 }), false);
  assert.equal(seen.has(phone), true);
  assert.equal(seen.has({ deviceId: 'TABLET', loggedInMs: 1 }), false, 'its key is known from now on');
  assert.equal(seen.has({ deviceId: 'LAPTOP', loggedInMs: 2 }), false);
});

test('what is stored and can’t be read is a first look', () => {
  const storage = memoryStorage();
  storage.set('seen', 'PHONE\nTABLET');
  assert.equal(createSeenSessions(storage, 'seen').isBegun(), false);
});
