import type { CheckStanding } from '../accounts/check-standing.ts';
import { LaterMembers, type RawJson } from '../raw-json.ts';
import { makeToken } from '../sync-token.ts';
import { ignoring, readIgnoredUsers } from '../timeline/ignored-users.ts';
import { firstJoinSection, joinSection, roomsPerTurn } from './join-section.ts';
import type { JoinedRoomIds } from './joined-room-ids.ts';
import { leaveSection } from './leave-section.ts';
import type { Notifier } from './notifier.ts';
import type { OwnChanges } from './own-changes.ts';
import type { ReadContext, ReadParts, SyncRequest } from './read-context.ts';
import { accountDataChanges } from './streams/account-data.ts';
import { deviceListChanges } from './streams/device-lists.ts';
import { oneTimeKeyCounts } from './streams/key-counts.ts';
import { type RoomMembership, roomMemberships } from './streams/memberships.ts';
import { presenceEvents } from './streams/presence.ts';
import type { SyncRange } from './streams/range.ts';
import { toDevicePage } from './streams/to-device.ts';
import { strippedSection } from './stripped-section.ts';

/** The answer of GET /sync. */
export interface SyncAnswer {
  next_batch: string;
  /** What many rooms a first answer has is read while it is sent. */
  rooms: { join?: Record<string, unknown> | LaterMembers } & Partial<
    Record<'invite' | 'knock' | 'leave', Record<string, unknown>>
  >;
  account_data: { events: RawJson[] };
  to_device: { events: RawJson[] };
  device_lists: { changed: string[]; left: string[] };
  device_one_time_keys_count: Record<string, number>;
  device_unused_fallback_key_types: string[];
  presence: { events: RawJson[] };
}

/** Tells a reader what is new since its token, waiting for something to tell (specification, GET /sync). */
export type Sync = (request: SyncRequest) => Promise<SyncAnswer>;

export interface SyncParts extends ReadParts {
  notifier: Notifier;
  /** The newest position that may be shown. */
  durablePosition: () => number;
  /** A monotonic clock in milliseconds. */
  monotonicMs: () => number;
  joinedRoomIds: JoinedRoomIds;
  ownChanges: OwnChanges;
  /** Asked after each wait, before anything is read for the answer. */
  checkStanding: CheckStanding;
  /** Told that a device has everything up to here. */
  acknowledge(device: { userId: string; deviceId: string }, since: number): void;
}

export function createSync(parts: SyncParts): Sync {
  const { notifier, presence, durablePosition, monotonicMs, joinedRoomIds, acknowledge, checkStanding } = parts;
  return async (request) => {
    const { userId } = request.requester;
    if (request.since !== undefined) acknowledge(request.requester, request.since);
    const endMs = monotonicMs() + request.timeoutMs;
    // The watch begins before the store is read: what comes between wakes it.
    const watch = notifier.watch(userId);
    const endPoll = presence.beginPoll(request.requester, request.setPresence);
    try {
      const { since, timeoutMs, signal } = request;
      // A first answer never waits.
      if (since !== undefined) watch.addRooms(await joinedRoomIds(userId, durablePosition()));
      // Whatever comes is read once, and not nothing before it.
      if (since !== undefined && !request.fullState && timeoutMs > 0 && !watch.mayHaveNews(since)) {
        await watch.wake(timeoutMs, signal);
        await checkStanding(request.requester);
        if (watch.isSurelyQuiet(since)) return nothingSince(parts, request, since);
      }
      for (;;) {
        const { answer, hasNews } = await read({ ...parts, request }, durablePosition());
        const leftMs = endMs - monotonicMs();
        if (hasNews || leftMs <= 0 || signal.aborted || notifier.isClosed()) return answer;
        await watch.wake(leftMs, signal);
        await checkStanding(request.requester);
      }
    } finally {
      watch.end();
      endPoll();
    }
  };
}

/** The answer of a poll that ends as it began. The token stays, so that nothing is passed over that was told to nobody. */
async function nothingSince({ db }: SyncParts, { requester }: SyncRequest, since: number): Promise<SyncAnswer> {
  const keys = await oneTimeKeyCounts(db, requester);
  return {
    next_batch: makeToken(since),
    rooms: {},
    account_data: { events: [] },
    to_device: { events: [] },
    device_lists: { changed: [], left: [] },
    device_one_time_keys_count: keys.counts,
    device_unused_fallback_key_types: keys.unusedFallback,
    presence: { events: [] },
  };
}

async function read(
  parts: Omit<ReadContext, 'range'> & { joinedRoomIds: JoinedRoomIds; ownChanges: OwnChanges },
  newest: number,
): Promise<{ answer: SyncAnswer; hasNews: boolean }> {
  const { db, request } = parts;
  const { requester, since } = request;
  const ignored = await readIgnoredUsers(db, requester.userId);
  const filter = { ...request.filter, timeline: ignoring(request.filter.timeline, ignored) };
  const isFirst = since === undefined;
  const whole: SyncRange = { since: since ?? 0, upto: newest };
  // One token for everything: where only a page of to-device messages fits, the whole answer ends with its last one.
  const isChangesOnly = !isFirst && !request.fullState;
  const hasOwn = !isChangesOnly || (await parts.ownChanges.mayHave(requester.userId, whole));
  const toDevice = hasOwn ? await toDevicePage(db, requester, whole) : { events: [], upto: whole.upto };
  const range: SyncRange = { ...whole, upto: toDevice.upto };
  const context: ReadContext = { ...parts, request: { ...request, filter }, range };
  const accountData = hasOwn
    ? await accountDataChanges(db, requester.userId, { ...range, isFirst, filters: filter })
    : { global: [], byRoom: new Map() };
  const standing = hasOwn
    ? await roomMemberships(db, requester.userId, { ...range, isFirst, isChangesOnly })
    : { rooms: [], looked: new Set<string>() };
  const rooms = standing.rooms.filter((room) => filter.includesRoom(room.roomId));
  const unchanged = isChangesOnly ? await unchangedRooms(parts, standing.looked, range.upto) : new Set<string>();
  const inState = (...memberships: string[]) => rooms.filter((room) => memberships.includes(room.now));
  const joined = inState('join');
  const isLarge = isFirst && joined.length > roomsPerTurn;
  const keys = await oneTimeKeyCounts(db, requester);
  const hasKeys = !isFirst && (await parts.ownChanges.mayHaveKeyChanges(range));
  const answer: SyncAnswer = {
    next_batch: makeToken(range.upto),
    rooms: {
      join: isLarge
        ? new LaterMembers(firstJoinSection(context, joined, accountData))
        : await joinSection(context, { rooms: joined, unchanged }, accountData),
      invite: await strippedSection(context, inState('invite'), 'invite_state'),
      knock: await strippedSection(context, inState('knock'), 'knock_state'),
      leave: await leaveSection(context, inState('leave', 'ban'), accountData),
    },
    account_data: { events: accountData.global },
    to_device: { events: toDevice.events },
    device_lists: hasKeys ? await deviceListChanges(db, requester.userId, range) : { changed: [], left: [] },
    device_one_time_keys_count: keys.counts,
    device_unused_fallback_key_types: keys.unusedFallback,
    presence: { events: await presenceOf(context, rooms, ignored) },
  };
  const hasNews = isFirst || request.fullState || isNews(answer);
  answer.rooms = withoutEmpty(answer.rooms);
  return { answer, hasNews };
}

/** The rooms in which the reader has been all along. */
async function unchangedRooms(
  { joinedRoomIds, request }: { joinedRoomIds: JoinedRoomIds; request: SyncRequest },
  changed: ReadonlySet<string>,
  upto: number,
): Promise<ReadonlySet<string>> {
  const joined = await joinedRoomIds(request.requester.userId, upto);
  const { includesRoom, includesEveryRoom } = request.filter;
  if (changed.size === 0 && includesEveryRoom) return joined;
  return new Set([...joined].filter((roomId) => !changed.has(roomId) && includesRoom(roomId)));
}

function presenceOf(context: ReadContext, rooms: readonly RoomMembership[], ignored: ReadonlySet<string>) {
  const { db, presence, range, request } = context;
  const isFirst = request.since === undefined;
  const isFresh = (room: RoomMembership) => room.now === 'join' && room.before !== 'join';
  return presenceEvents(db, presence, {
    range,
    userId: request.requester.userId,
    isFirst,
    freshRoomIds: isFirst ? [] : rooms.filter(isFresh).map((room) => room.roomId),
    ignored,
    filter: request.filter.presence,
  });
}

/** Sections in which there is nothing are left out, as the reference server does. */
function withoutEmpty(rooms: SyncAnswer['rooms']): SyncAnswer['rooms'] {
  return Object.fromEntries(Object.entries(rooms).filter(([, section]) => Object.keys(section).length > 0));
}

function isNews(answer: SyncAnswer): boolean {
  if (Object.values(answer.rooms).some((section) => Object.keys(section).length > 0)) return true;
  const { account_data, to_device, device_lists, presence } = answer;
  const lists = [account_data.events, to_device.events, presence.events, device_lists.changed, device_lists.left];
  return lists.some((list) => list.length > 0);
}
