import type { Queryable } from '@sotto/sql';
import { listRoomsReadBy } from '../../store/receipts.ts';
import type { CheckStanding } from '../accounts/check-standing.ts';
import type { Presence } from '../presence/index.ts';
import type { UnreadCounts } from '../push/index.ts';
import { inviteVerdict } from '../rooms/invite-permission.ts';
import type { JoinedRoomIds } from '../sync/joined-room-ids.ts';
import type { Notifier } from '../sync/notifier.ts';
import type { BundleRelations } from '../timeline/bundle-relations.ts';
import type { ErasedPeople } from '../timeline/erased-people.ts';
import { openFilter } from '../timeline/event-filter.ts';
import { ignoring, readIgnoredUsers } from '../timeline/ignored-users.ts';
import { type OwnHistory, readHistories } from '../timeline/visibility.ts';
import type { Typing } from '../typing/index.ts';
import type { Connection, Connections, KnownRoom } from './connections.ts';
import { readExtensions } from './extensions.ts';
import type { PersonsRoom, PersonsRooms, ReadPersonsRooms } from './persons-rooms.ts';
import { mayHaveNews, type RoomResult, readRoom } from './read-room.ts';
import type { SlidingSyncRequest } from './request.ts';
import { type FilterRooms, windowsOf } from './room-lists.ts';
import { combineConfigs, type RoomConfig } from './state-selection.ts';

/** One list in an answer: how many rooms it has, and which are in its windows. */
export interface ListResult {
  count: number;
  windows: { range: readonly [number, number]; roomIds: string[] }[];
}

export interface SlidingSyncAnswer {
  pos: string;
  lists: Map<string, ListResult>;
  rooms: Map<string, RoomResult & { lists: string[] }>;
  extensions: Record<string, unknown>;
}

/**
 * Tells a client what is new in the rooms that it looks at (MSC4186), waiting for something to tell.
 * @throws MatrixError M_UNKNOWN_POS
 */
export type SlidingSync = (request: SlidingSyncRequest) => Promise<SlidingSyncAnswer>;

export interface SlidingSyncParts {
  db: Queryable;
  notifier: Notifier;
  connections: Connections;
  filterRooms: FilterRooms;
  readPersonsRooms: ReadPersonsRooms;
  bundle: BundleRelations;
  erased: ErasedPeople;
  typing: Typing;
  presence: Presence;
  unread: UnreadCounts;
  now: () => number;
  monotonicMs: () => number;
  durablePosition: () => number;
  joinedRoomIds: JoinedRoomIds;
  /** Asked after each wait, before anything is read for the answer. */
  checkStanding: CheckStanding;
  /** Told that a device has all messages to it up to here. */
  acknowledge(device: { userId: string; deviceId: string }, since: number): void;
}

export function createSlidingSync(parts: SlidingSyncParts): SlidingSync {
  const { notifier, connections, presence, monotonicMs, durablePosition } = parts;
  return async (request) => {
    const { requester, connectionId, pos, signal } = request;
    const { userId, deviceId } = requester;
    const connection = connections.open({ userId, deviceId, connectionId }, pos);
    const toDeviceSince = request.extensions.toDevice?.since;
    if (toDeviceSince !== undefined) parts.acknowledge(requester, toDeviceSince);
    const endMs = monotonicMs() + (pos === undefined ? 0 : request.timeoutMs);
    // The watch begins before the store is read: what comes between wakes it.
    const watch = notifier.watch(userId);
    const endPoll = presence.beginPoll(requester, request.setPresence);
    try {
      // A first answer never waits.
      if (pos !== undefined) watch.addRooms(await parts.joinedRoomIds(userId, durablePosition()));
      for (;;) {
        const { answer, hasNews } = await read(parts, { request, connection, upto: durablePosition() });
        const leftMs = endMs - monotonicMs();
        if (hasNews || pos === undefined || leftMs <= 0 || signal.aborted || notifier.isClosed()) return answer();
        await watch.wake(leftMs, signal);
        await parts.checkStanding(requester);
      }
    } finally {
      endPoll();
      watch.end();
    }
  };
}

interface Reading {
  request: SlidingSyncRequest;
  connection: Connection;
  upto: number;
}

/** Reads what there is to tell. `answer` keeps it for the connection: only what is sent may come to be known. */
async function read(
  parts: SlidingSyncParts,
  reading: Reading,
): Promise<{ answer: () => SlidingSyncAnswer; hasNews: boolean }> {
  const { db, typing } = parts;
  const { request, connection, upto } = reading;
  const viewer = request.requester;
  const isKnown = (roomId: string) => connection.room(roomId) !== undefined;
  const persons = await withoutUnwelcome(
    db,
    viewer.userId,
    await parts.readPersonsRooms(viewer.userId, { upto, isKnown }),
  );
  const lists = await readLists(parts, reading, persons);
  const wanted = wantedRooms(request, lists, persons);
  const { results, known, toldEvents } = await readRooms(parts, reading, wanted);
  const inWindows = new Map([...lists].map(([name, list]) => [name, roomsIn(list)]));
  const { extensions, hasNews, extras } = await readExtensions(
    {
      ...{ db, typing, viewer, connection, upto, toldEvents },
      lists: inWindows,
      subscriptions: [...request.subscriptions.keys()].filter((roomId) => persons.byId.has(roomId)),
      isJoined: (roomId) => persons.byId.get(roomId)?.membership === 'join',
    },
    request.extensions,
  );
  const namesOf = (roomId: string) => [...inWindows].filter(([, ids]) => ids.includes(roomId)).map(([name]) => name);
  const rooms = new Map(results.map(([roomId, result]) => [roomId, { ...result, lists: namesOf(roomId) }]));
  return {
    answer: () => ({ pos: connection.keep(upto, { rooms: known, extras }), lists, rooms, extensions }),
    hasNews: hasNews || rooms.size > 0,
  };
}

/** Invitations that the person doesn't want to hear of are not there (specification, "Ignoring Users"). */
async function withoutUnwelcome(db: Queryable, userId: string, persons: PersonsRooms): Promise<PersonsRooms> {
  const unwelcome = new Set<string>();
  for (const { roomId, membership, sender } of persons.rooms) {
    if (membership === 'invite' && (await inviteVerdict(db, { userId, sender })) !== 'allow') unwelcome.add(roomId);
  }
  if (unwelcome.size === 0) return persons;
  const rooms = persons.rooms.filter((room) => !unwelcome.has(room.roomId));
  return { rooms, byId: new Map(rooms.map((room) => [room.roomId, room])) };
}

async function readLists(
  { filterRooms }: SlidingSyncParts,
  { request, upto }: Reading,
  persons: PersonsRooms,
): Promise<Map<string, ListResult>> {
  const lists = new Map<string, ListResult>();
  for (const [name, list] of request.lists) {
    const options = { filters: list.filters, newest: upto };
    const rooms = await filterRooms(request.requester.userId, persons.rooms, options);
    const windows = windowsOf(
      list,
      rooms.map((room) => room.roomId),
    );
    lists.set(name, { count: rooms.length, windows });
  }
  return lists;
}

const roomsIn = (list: ListResult | undefined) => (list?.windows ?? []).flatMap((window) => window.roomIds);

interface WantedRoom {
  room: PersonsRoom;
  config: RoomConfig;
}

/** The rooms that a rule matches, each with what all its rules ask for together. */
function wantedRooms(
  request: SlidingSyncRequest,
  lists: ReadonlyMap<string, ListResult>,
  { byId }: PersonsRooms,
): WantedRoom[] {
  const configs = new Map<string, RoomConfig[]>();
  const add = (roomId: string, config: RoomConfig) => configs.set(roomId, [...(configs.get(roomId) ?? []), config]);
  for (const [name, list] of request.lists)
    for (const roomId of new Set(roomsIn(lists.get(name)))) add(roomId, list.config);
  for (const [roomId, config] of request.subscriptions) if (byId.has(roomId)) add(roomId, config);
  return [...configs].map(([roomId, rules]) => ({
    room: byId.get(roomId) as PersonsRoom,
    config: combineConfigs(rules),
  }));
}

async function readRooms(
  parts: SlidingSyncParts,
  { request, connection, upto }: Reading,
  wanted: readonly WantedRoom[],
) {
  const { db, bundle, erased, unread, now } = parts;
  const viewer = request.requester;
  const { position: since } = connection;
  const readOn = since === undefined ? new Set<string>() : await listRoomsReadBy(db, viewer.userId, { since, upto });
  const requests = wanted
    .map((each) => ({ ...each, known: connection.room(each.room.roomId), hasRead: readOn.has(each.room.roomId) }))
    .filter((each) => mayHaveNews(each));
  const roomIds = requests.map(({ room }) => room.roomId);
  const histories = await readHistories(db, viewer.userId, { roomIds, upto });
  const context = {
    ...{ db, viewer, bundle, erased, upto },
    nowMs: now(),
    since,
    filter: ignoring(openFilter, await readIgnoredUsers(db, viewer.userId)),
    countUnread: await unread.forUser(viewer.userId),
  };
  const results: [string, RoomResult][] = [];
  const known = new Map<string, KnownRoom>();
  const toldEvents = new Map<string, ReadonlySet<string>>();
  for (const each of requests) {
    const { roomId } = each.room;
    const read = await readRoom(context, { ...each, history: histories.get(roomId) as OwnHistory });
    known.set(roomId, read.known);
    if (read.result === undefined) continue;
    results.push([roomId, read.result.shown]);
    toldEvents.set(roomId, read.result.eventIds);
  }
  return { results, known, toldEvents };
}
