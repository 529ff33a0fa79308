import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Membership } from '@sotto/protocol';
import { openSqlite } from '@sotto/sql';
import { putDeviceListChange, putSignatureChange } from '../../../store/device-list-changes.ts';
import { insertEvent } from '../../../store/events.ts';
import { putMembership } from '../../../store/memberships.ts';
import { migrations } from '../../../store/migrations/index.ts';
import { putState } from '../../../store/room-state.ts';
import { deviceListChanges } from './device-lists.ts';

/** A log in which only memberships and keys change; every change takes the next position. */
async function openLog(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-test-'));
  const database = await openSqlite({ path: join(folder, 'log.db'), migrations });
  t.after(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });
  const db = database.writer;
  let position = 0;
  return {
    now: () => position,
    async member(userId: string, roomId: string, membership: Membership) {
      position++;
      const json = JSON.stringify({ content: { membership } });
      const place = { roomId, type: 'm.room.member', stateKey: userId, position };
      const none = { unsigned: null, deviceId: null, transactionId: null, relType: null, relatesTo: null };
      const rest = { ...none, redactedBy: null, pdu: '{}', originServerTs: 0, depth: 1, sender: userId };
      await insertEvent(db, { ...place, ...rest, eventId: `$${position}`, json });
      await putState(db, place);
      await putMembership(db, { userId, roomId, membership, position });
      return position;
    },
    async keys(userId: string) {
      await putDeviceListChange(db, userId, ++position);
    },
    async sign(signer: string, target: string) {
      await putSignatureChange(db, { signer, target, position: ++position });
    },
    async changes(userId: string, since: number, upto = position) {
      const { changed, left } = await deviceListChanges(db, userId, { since, upto });
      return { changed: changed.sort(), left: left.sort() };
    },
  };
}

const nothing = { changed: [], left: [] };

test('changed keys are told to those who share a room, and to oneself', async (t) => {
  const log = await openLog(t);
  await log.member('@a', '!1', 'join');
  await log.member('@b', '!1', 'join');
  await log.member('@c', '!2', 'join');
  const since = log.now();
  assert.deepEqual(await log.changes('@a', since), nothing);
  await log.keys('@b');
  await log.keys('@c');
  assert.deepEqual(await log.changes('@a', since), { changed: ['@b'], left: [] });
  assert.deepEqual(await log.changes('@c', since), { changed: ['@c'], left: [] });
  assert.deepEqual(await log.changes('@a', log.now()), nothing);
  assert.deepEqual(await log.changes('@a', since, since), nothing, 'what lies beyond the range is told later');
});

test('whoever begins to share a room is told; a changed name is no news', async (t) => {
  const log = await openLog(t);
  await log.member('@a', '!1', 'join');
  await log.member('@b', '!2', 'join');
  await log.member('@c', '!1', 'join');
  const since = log.now();
  await log.member('@c', '!1', 'join');
  assert.deepEqual(await log.changes('@a', since), nothing);
  await log.member('@b', '!1', 'invite');
  assert.deepEqual((await log.changes('@a', since)).changed, ['@b']);
  assert.deepEqual(await log.changes('@b', since), nothing, 'an invitee knows nobody of the room');
  const invited = log.now();
  await log.member('@b', '!1', 'join');
  assert.deepEqual((await log.changes('@a', invited)).changed, ['@b']);
  assert.deepEqual((await log.changes('@b', invited)).changed, ['@a', '@c']);
});

test('keys that changed before the invitee joins are told to the room', async (t) => {
  const log = await openLog(t);
  await log.member('@a', '!1', 'join');
  await log.member('@b', '!1', 'invite');
  const since = log.now();
  await log.keys('@b');
  assert.deepEqual((await log.changes('@a', since)).changed, ['@b']);
  assert.deepEqual((await log.changes('@b', since)).changed, ['@b']);
});

test('left are those with whom no room is shared any longer', async (t) => {
  const log = await openLog(t);
  for (const room of ['!1', '!2']) for (const user of ['@a', '@b']) await log.member(user, room, 'join');
  await log.member('@c', '!1', 'join');
  const since = log.now();
  await log.member('@b', '!1', 'leave');
  assert.deepEqual(await log.changes('@a', since), nothing, 'another room is still shared');
  const second = log.now();
  await log.member('@b', '!2', 'ban');
  assert.deepEqual(await log.changes('@a', second), { changed: [], left: ['@b'] });
  assert.deepEqual(await log.changes('@b', since), { changed: [], left: ['@a', '@c'] });
});

test('who leaves is told of those who were there, not of those who came later', async (t) => {
  const log = await openLog(t);
  for (const user of ['@a', '@b', '@c']) await log.member(user, '!1', 'join');
  const since = log.now();
  await log.member('@a', '!1', 'leave');
  await log.member('@d', '!1', 'join');
  await log.member('@b', '!1', 'leave');
  await log.member('@e', '!1', 'invite');
  await log.member('@e', '!1', 'leave');
  assert.deepEqual(await log.changes('@a', since), { changed: [], left: ['@b', '@c'] });
});

test('who declines an invite learns nothing of the room', async (t) => {
  const log = await openLog(t);
  for (const user of ['@a', '@b']) await log.member(user, '!1', 'join');
  await log.member('@x', '!1', 'invite');
  const since = log.now();
  await log.member('@x', '!1', 'leave');
  assert.deepEqual(await log.changes('@x', since), nothing);
  assert.deepEqual(await log.changes('@x', 0), nothing);
});

test('leaving and coming back within one range means asking again', async (t) => {
  const log = await openLog(t);
  for (const user of ['@a', '@b']) await log.member(user, '!1', 'join');
  const since = log.now();
  await log.member('@a', '!1', 'leave');
  await log.member('@a', '!1', 'join');
  assert.deepEqual(await log.changes('@a', since), { changed: ['@b'], left: [] });
  assert.deepEqual(await log.changes('@b', since), { changed: ['@a'], left: [] });
});

test('a signature on somebody else is news for the signer alone', async (t) => {
  const log = await openLog(t);
  for (const user of ['@a', '@b', '@c']) await log.member(user, '!1', 'join');
  const since = log.now();
  await log.sign('@a', '@b');
  assert.deepEqual(await log.changes('@a', since), { changed: ['@b'], left: [] });
  assert.deepEqual(await log.changes('@b', since), nothing);
  assert.deepEqual(await log.changes('@c', since), nothing);
});
