import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryBus } from '@sotto/bus';
import { temporaryDatabase } from '@sotto/testing';
import { openLogWriter } from '../../log/writer.ts';
import { insertEvent } from '../../store/events.ts';
import { migrations } from '../../store/migrations/index.ts';
import { createPresence } from '../presence/index.ts';
import { createNotifier } from '../sync/index.ts';
import { createTyping } from '../typing/index.ts';
import { createFollowEvents } from './follow-events.ts';

const eventCount = 7000;
const stranger = {
  roomId: '!elsewhere',
  type: 'm.room.message',
  stateKey: null,
  sender: '@mira:example.org',
  depth: 1,
};
const plain = { json: '{}', pdu: '{}', unsigned: null, originServerTs: 0, redactedBy: null };
const unsent = { deviceId: null, transactionId: null, relType: null, relatesTo: null };

test('a reader that is far behind is answered in parts, and others have their turns meanwhile', async (t) => {
  const database = await temporaryDatabase(t, migrations);
  const bus = createMemoryBus();
  const log = await openLogWriter({ database, bus });
  const [db, now, newest] = [database.durable, () => 0, () => eventCount];
  const presence = createPresence({ db, log, now, monotonicMs: now });
  const typing = createTyping({ db, log });
  await log.write(async (unit) => {
    for (let position = 1; position <= eventCount; position++)
      await insertEvent(unit, { ...stranger, ...plain, ...unsent, position, eventId: `$${position}` });
  });
  const notifier = createNotifier(bus, newest);
  const follow = createFollowEvents({
    ...{ db, newest, presence, typing, notifier },
    monotonicMs: now,
    show: { timeline: () => assert.fail('nothing is shown'), state: () => assert.fail('nothing is shown') },
    checkStanding: async () => undefined,
    joinedRoomIds: async () => [],
  });
  const requester = { userId: '@tom:example.org', deviceId: 'D', isGuest: false, isAdmin: false, tokenHash: '' };
  const request = { requester, timeoutMs: 1000, limit: 100, signal: new AbortController().signal };
  let turns = 0;
  let isRunning = true;
  const count = () => {
    turns++;
    if (isRunning) setImmediate(count);
  };
  setImmediate(count);
  const first = await follow({ ...request, from: 0 });
  isRunning = false;
  assert.deepEqual(first, { start: 's0', end: 's6000', chunk: [] });
  assert.ok(turns >= 19, `others had ${turns} turns`);
  // At the end of the log there is nothing to do but wait.
  const gone = AbortSignal.abort();
  assert.equal((await follow({ ...request, from: 6900, signal: gone })).end, 's7000');
  notifier.close();
  typing.close();
  await presence.close();
  await log.close();
});
