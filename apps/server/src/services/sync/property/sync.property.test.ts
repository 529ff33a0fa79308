import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@sotto/protocol';
import { openServerWith, registerUser, type TestUser } from '@sotto/testing';
import fc from 'fast-check';
import { redactContent } from '../../room-rules/redact-event.ts';
import { findRoomVersion, type RoomVersion } from '../../room-rules/room-versions.ts';
import { type ClientSettings, createModelClient, type ModelClient, type ModelRoom } from './model-client.ts';
import { play, type Stage } from './play-history.ts';
import { history, readerSettings, type Step } from './random-history.ts';

/**
 * The property that stands for sync: a client that reads bit by bit, whatever happens while it reads and whatever
 * gets lost on the way, knows in the end what a client knows that begins from nothing.
 */
const runs = Number(process.env.SOTTO_PROPERTY_RUNS ?? 15);
const seed = Number(process.env.SOTTO_PROPERTY_SEED ?? Math.floor(Math.random() * 2 ** 31));

const { server } = await openServerWith([]);

let stageNumber = 0;

async function newStage(): Promise<{ stage: Stage; reader: TestUser }> {
  const name = `p${stageNumber++}`;
  const people = [
    await registerUser(server, `${name}-reader`),
    await registerUser(server, `${name}-second`),
    await registerUser(server, `${name}-third`),
  ] as const;
  return { stage: { people: [...people], rooms: [], sentToDevice: [], nextId: 0 }, reader: people[0] };
}

async function walk(steps: readonly Step[], settings: ClientSettings): Promise<void> {
  const { stage, reader } = await newStage();
  const client = createModelClient(reader, settings);
  await client.sync();
  for (const step of steps) {
    if (step.kind === 'deed') await play(stage, step.deed);
    if (step.kind === 'burst') await Promise.all([client.sync(), ...step.deeds.map((deed) => play(stage, deed))]);
    if (step.kind === 'trip') {
      const move = { kind: 'move', who: 0, whom: 0, room: step.room } as const;
      for (const deed of [{ ...move, verb: 'leave' }, ...step.deeds, { ...move, verb: 'join' }])
        await play(stage, deed);
    }
    if (step.kind === 'sync') await client.sync();
    if (step.kind === 'lostSync') await client.sync({ isLost: true });
    if (step.kind === 'compare') await compare(stage, { reader, client, settings });
  }
  await compare(stage, { reader, client, settings });
}

/** Messages to a device come a hundred at a time, and each answer ends with them. */
async function readAll(client: ModelClient): Promise<void> {
  while ((await client.sync()) > 0);
}

interface Compared {
  reader: TestUser;
  client: ModelClient;
  settings: ClientSettings;
}

async function compare(stage: Stage, { reader, client, settings }: Compared): Promise<void> {
  await readAll(client);
  const filter = { ...settings.filter, room: { ...settings.filter.room, include_leave: true } };
  const fresh = createModelClient(reader, { ...settings, filter, timelineLimit: 5 });
  await fresh.sync();
  await readAll(fresh);
  assert.deepEqual([...client.accountData].sort(), [...fresh.accountData].sort(), 'account data');
  compareToDevice(stage, client);
  const seen = (rooms: ModelClient['rooms']) => [...rooms].map(([id, room]) => `${room.section} ${id}`).sort();
  assert.deepEqual(seen(client.rooms), seen(fresh.rooms), 'which rooms are where');
  for (const [roomId, known] of client.rooms) {
    const version = findRoomVersion(stage.rooms.find((room) => room.roomId === roomId)?.version) as RoomVersion;
    compareRoom(known, fresh.rooms.get(roomId) as ModelRoom, { version, settings });
    if (known.section === 'join') await compareMembers(reader, roomId, known);
  }
}

/** Each message once, and in the order in which its sender sent them. */
function compareToDevice(stage: Stage, client: ModelClient): void {
  const received = client.toDevice.map((message) => ({ sender: message.sender, number: message.content.number }));
  for (const { userId } of stage.people) {
    const from = (messages: typeof received) => messages.filter((message) => message.sender === userId);
    const sent = from(stage.sentToDevice).sort((a, b) => a.number - b.number);
    assert.deepEqual(from(received), sent, 'messages to the device');
  }
}

function compareRoom(
  known: ModelRoom,
  fresh: ModelRoom,
  { version, settings }: { version: RoomVersion; settings: ClientSettings },
): void {
  assert.equal(known.stripped, fresh.stripped, 'what an invitation shows');
  if (known.section !== 'join' && known.section !== 'leave') return;
  compareState(known, fresh, settings);
  compareTimeline(known, fresh, version);
  if (known.section !== 'join') return;
  assert.deepEqual([...known.receipts].sort(), [...fresh.receipts].sort(), 'receipts');
  assert.deepEqual([...known.accountData].sort(), [...fresh.accountData].sort(), 'account data of a room');
  assert.deepEqual([known.joined, known.invited], [fresh.joined, fresh.invited], 'how many are there');
  assert.deepEqual(known.heroes, fresh.heroes, 'whom an unnamed room is called by');
}

/** The same state; of lazily loaded members the ones that both know, and none that is out of date. */
function compareState(known: ModelRoom, fresh: ModelRoom, settings: ClientSettings): void {
  const isLazy = settings.filter.room?.state?.lazy_load_members === true;
  const idsOf = (room: ModelRoom, wanted: (key: string) => boolean) =>
    [...room.state]
      .filter(([key]) => wanted(key))
      .map(([key, event]) => `${key} ${event.event_id}`)
      .sort();
  const isCompared = (key: string) =>
    !isLazy || !key.startsWith('m.room.member|') || (known.state.has(key) && fresh.state.has(key));
  assert.deepEqual(idsOf(known, isCompared), idsOf(fresh, isCompared), 'state');
}

/** Nobody whom the reader knows is other than it believes, and it knows the authors of what sync told. */
async function compareMembers(reader: TestUser, roomId: string, known: ModelRoom): Promise<void> {
  const { chunk } = await reader.call('GET', `/v3/rooms/${encodeURIComponent(roomId)}/members`);
  const actual = new Map(
    chunk.map((event: { state_key: string; event_id: string }) => [event.state_key, event.event_id]),
  );
  for (const [key, event] of known.state) {
    if (key.startsWith('m.room.member|')) assert.equal(event.event_id, actual.get(event.state_key), 'a member of late');
  }
  for (const sender of known.authors) assert.ok(known.state.has(`m.room.member|${sender}`), 'an author unknown');
}

function compareTimeline(known: ModelRoom, fresh: ModelRoom, version: RoomVersion): void {
  const inBoth = (room: ModelRoom, other: ModelRoom) => room.order.filter((id) => other.events.has(id));
  assert.deepEqual(inBoth(known, fresh), inBoth(fresh, known), 'order of events');
  const missing = fresh.order.filter((id) => !known.events.has(id));
  const surplus = known.order.filter((id) => !fresh.events.has(id));
  // State that was set while away stands in the timeline of who comes back, though it can't be paged to.
  const isOfGap = (room: ModelRoom, id: string) => room.events.get(id).state_key !== undefined;
  assert.deepEqual(
    missing.filter((id) => !isOfGap(fresh, id)),
    [],
    'events that were never told',
  );
  assert.deepEqual(
    surplus.filter((id) => !isOfGap(known, id)),
    [],
    'events that should not have been told',
  );
  for (const id of inBoth(known, fresh)) {
    const redactedBy = fresh.events.get(id).unsigned?.redacted_by;
    const striker = known.events.get(redactedBy);
    // Struck out by an event that the filter held back, after the reader had left, or that was struck out itself before it
    // was told: it can't know.
    const canKnow = striker !== undefined && striker.unsigned?.redacted_because === undefined;
    if (!known.redacted.has(id) && redactedBy !== undefined && !canKnow) continue;
    assert.deepEqual(contentOf(known, id, version), contentOf(fresh, id, version), 'content of an event');
  }
}

/** What is left of an event where either reader knows that it was struck out. */
function contentOf(room: ModelRoom, id: string, version: RoomVersion): JsonObject {
  const { type, content } = room.events.get(id);
  return room.redacted.has(id) ? redactContent(version, type, content) : content;
}

test('reading bit by bit leads to what reading from nothing tells, whatever happens meanwhile', async (t) => {
  t.diagnostic(`seed ${seed}`);
  const property = fc.asyncProperty(history(60), readerSettings, walk);
  await fc.assert(property, { seed, numRuns: runs, endOnFailure: process.env.SOTTO_PROPERTY_SHRINK === undefined });
});
