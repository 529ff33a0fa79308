import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer } from '@sotto/testing';
import { indexedDB } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import {
  arrived,
  deleteDatabases,
  itemWhere,
  newPerson,
  roomWhere,
  type TestPerson,
  talk,
  textsOf,
} from '../test/people.ts';
import type { RoomHandle, TimelineItem } from './types.ts';

const canary = 'canary-of-the-cage';
const encryptionType = 'm.room.encryption';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

interface RawEvent {
  type: string;
  event_id?: string;
  sender?: string;
  content: Record<string, unknown>;
  [field: string]: unknown;
}

/** Changes each list of events that an answer of /sync has for a joined room. */
function bendEvents(person: TestPerson, change: (events: RawEvent[], section: string) => RawEvent[]): void {
  person.wire.bend = (path, body) => {
    if (!path.endsWith('/sync')) return;
    const { join = {} } = (body.rooms ?? {}) as { join?: Record<string, Record<string, { events?: RawEvent[] }>> };
    for (const room of Object.values(join)) {
      for (const section of ['state', 'timeline', 'state_after', 'org.matrix.msc4222.state_after']) {
        const list = room[section];
        if (list?.events) list.events = change(list.events, section);
      }
    }
  };
}

/** Adds to the next timeline that comes, once. */
function addToTimeline(person: TestPerson, make: (events: RawEvent[]) => RawEvent[]): void {
  let isDone = false;
  bendEvents(person, (events, section) => {
    if (isDone || section !== 'timeline' || events.length === 0) return events;
    isDone = true;
    return [...events, ...make(events)];
  });
}

/** Sends the canary; the row must say that it failed, also when tried again, and the wire must not have seen it. */
async function isHeldBack(person: TestPerson, handle: RoomHandle): Promise<void> {
  const isFailed = (item: TimelineItem) =>
    item.kind === 'message' && item.text === canary && item.delivery === 'failed';
  handle.send(canary);
  const row = await itemWhere(handle, isFailed);
  assert.ok(row.kind === 'message');
  assert.equal(row.problem?.kind, 'not-encrypted');
  handle.retry(row.key);
  await itemWhere(handle, isFailed);
  assert.ok(!person.wire.sent.some((request) => request.includes(canary)));
}

async function pair(one: string, other: string) {
  const [liedTo, friend] = await Promise.all([newPerson(server, one, { indexedDB }), newPerson(server, other)]);
  return { liedTo, friend, ...(await talk(liedTo, friend)) };
}

test('a room whose encryption vanished over a reload is never written to in clear', async (t) => {
  const { liedTo, friend, roomId, a, b } = await pair('ann', 'bea');
  a.send('while all was well');
  await arrived(b, 'while all was well');
  await liedTo.session.stop();
  // From here on there is the server's word alone.
  await deleteDatabases((database) => database.startsWith('matrix-js-sdk:test-ann-sync'));
  bendEvents(liedTo, (events) => events.filter(({ type }) => type !== encryptionType));
  const again = await liedTo.reload();
  t.after(() => Promise.all([again, friend].map(({ session }) => session.stop())));
  const handle = again.session.room(roomId);
  const summary = await roomWhere(again, (room) => room.roomId === roomId);
  assert.equal(summary.isEncrypted, true, 'it is still shown as what it is');
  await isHeldBack(again, handle);
});

const changes: readonly [string, Record<string, unknown>][] = [
  ['redacted', {}],
  ['changed to another algorithm', { algorithm: 'org.example.none' }],
];
for (const [at, [name, content]] of changes.entries()) {
  test(`a room whose encryption was ${name} is never written to in clear`, async (t) => {
    const { liedTo, friend, a, b } = await pair(`cat${at}`, `dot${at}`);
    t.after(() => Promise.all([liedTo, friend].map(({ session }) => session.stop())));
    const forged = { type: encryptionType, state_key: '', sender: friend.userId, event_id: '$forged', content };
    addToTimeline(liedTo, () => [{ ...forged, origin_server_ts: 1 }]);
    bendState(liedTo, forged);
    b.send('sent while the server lies');
    await arrived(a, 'sent while the server lies');
    await isHeldBack(liedTo, a);
  });
}

test('what a server makes up in an encrypted room is marked, ignored or refused', async (t) => {
  const { liedTo, friend, roomId, a, b } = await pair('eva', 'flo');
  t.after(() => Promise.all([liedTo, friend].map(({ session }) => session.stop())));
  b.send('the true text');
  const target = await arrived(a, 'the true text');
  assert.ok(target.kind === 'message');
  a.markRead();
  await roomWhere(liedTo, (room) => room.roomId === roomId && room.unreadCount === 0);

  addToTimeline(liedTo, ([first]) => [
    forgery(friend, '$clear', { msgtype: 'm.text', body: 'said in clear' }),
    forgery(friend, '$edit', {
      msgtype: 'm.text',
      body: '* forged',
      'm.new_content': { msgtype: 'm.text', body: 'forged' },
      'm.relates_to': { rel_type: 'm.replace', event_id: target.eventId },
    }),
    { ...(first as RawEvent), event_id: '$replay' },
  ]);
  b.send('the second text');
  await arrived(a, 'the second text');

  const clear = await itemWhere(a, (item) => item.kind !== 'notice' && item.eventId === '$clear');
  assert.ok(clear.kind === 'message' && clear.doubt === 'not-encrypted');
  const replay = await itemWhere(a, (item) => item.kind !== 'notice' && item.eventId === '$replay');
  assert.ok(replay.kind === 'undecryptable' && replay.reason === 'replayed');
  assert.deepEqual(textsOf(a), ['the true text', 'the second text', 'said in clear']);
  // Neither the clear text nor the replay counts, once it is known to be one.
  const summary = await roomWhere(liedTo, (room) => room.roomId === roomId && room.unreadCount === 1);
  assert.equal(summary.preview?.text, 'the second text');
});

test('nothing is sent to a room that nobody knows', async (t) => {
  const gil = await newPerson(server, 'gil');
  t.after(() => gil.session.stop());
  const handle = gil.session.room('!nobody-knows:localhost');
  handle.send(canary);
  await gil.session.setDisplayName('Gil');
  assert.ok(!gil.wire.sent.some((request) => request.includes(canary)));
});

function forgery(as: TestPerson, eventId: string, content: Record<string, unknown>): RawEvent {
  return { type: 'm.room.message', event_id: eventId, sender: as.userId, content, origin_server_ts: Date.now() };
}

/** The same forged state in the answers that carry the state after the timeline. */
function bendState(person: TestPerson, forged: RawEvent): void {
  const bend = person.wire.bend;
  let isDone = false;
  person.wire.bend = (path, body) => {
    bend?.(path, body);
    if (!path.endsWith('/sync') || isDone) return;
    const { join = {} } = (body.rooms ?? {}) as { join?: Record<string, Record<string, { events?: RawEvent[] }>> };
    for (const room of Object.values(join)) {
      for (const section of ['state_after', 'org.matrix.msc4222.state_after']) {
        if (room[section])
          room[section] = { events: [...(room[section].events ?? []), { ...forged, origin_server_ts: 1 }] };
        isDone = true;
      }
    }
  };
}
