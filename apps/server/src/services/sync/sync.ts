import type { Membership } from '@sotto/protocol';
import type { CheckStanding } from '../accounts/check-standing.ts';
import { LaterMembers, type RawJson } from '../raw-json.ts';
import { makeToken } from '../sync-token.ts';
import { ignoring, readIgnoredUsers } from '../timeline/ignored-users.ts';
import { firstJoinSection, joinSection, roomsPerTurn } from './join-section.ts';
import type { JoinedRoomIds } from './joined-room-ids.ts';
import { leaveSection } from './leave-section.ts';
import type { Notifier } from './notifier.ts';
import type { OwnChanges } from './own-changes.ts';
import { type ReadContext, type ReadParts, type SyncRequest, wantsChangesOnly } from './read-context.ts';
import { type OwnChangesRead, readOwnChanges } from './read-own-changes.ts';
import { deviceListChanges } from './streams/device-lists.ts';
import { oneTimeKeyCounts } from './streams/key-counts.ts';
import type { RoomMembership } from './streams/memberships.ts';
import { presenceEvents } from './streams/presence.ts';
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

/** What one answer is read from. */
type AnswerParts = Omit<ReadContext, 'range'> & Pick<SyncParts, 'joinedRoomIds' | 'ownChanges'>;

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

async function read(parts: AnswerParts, newest: number): Promise<{ answer: SyncAnswer; hasNews: boolean }> {
  const { db, ownChanges } = parts;
  const { requester, filter } = parts.request;
  const ignored = await readIgnoredUsers(db, requester.userId);
  const request = { ...parts.request, filter: { ...filter, timeline: ignoring(filter.timeline, ignored) } };
  const own = await readOwnChanges(parts, request, newest);
  const { range } = own;
  const context = { ...parts, request, range };
  const keys = await oneTimeKeyCounts(db, requester);
  const hasKeys = request.since !== undefined && (await ownChanges.mayHaveKeyChanges(range));
  const answer: SyncAnswer = {
    next_batch: makeToken(range.upto),
    rooms: withoutEmpty(await roomSections(context, own)),
    account_data: { events: own.accountData.global },
    to_device: { events: own.toDevice },
    device_lists: hasKeys ? await deviceListChanges(db, requester.userId, range) : { changed: [], left: [] },
    device_one_time_keys_count: keys.counts,
    device_unused_fallback_key_types: keys.unusedFallback,
    presence: { events: await presenceOf(context, own.memberships.rooms, ignored) },
  };
  return { answer, hasNews: !wantsChangesOnly(request) || isNews(answer) };
}

async function roomSections(
  context: AnswerParts & ReadContext,
  { accountData, memberships }: OwnChangesRead,
): Promise<SyncAnswer['rooms']> {
  const { request } = context;
  const inState = (...states: Membership[]) => memberships.rooms.filter((room) => states.includes(room.now));
  const joined = inState('join');
  const isLargeFirst = request.since === undefined && joined.length > roomsPerTurn;
  const unchanged = wantsChangesOnly(request) ? await unchangedRooms(context, memberships.looked) : new Set<string>();
  return {
    join: isLargeFirst
      ? new LaterMembers(firstJoinSection(context, joined, accountData))
      : await joinSection(context, { rooms: joined, unchanged }, accountData),
    invite: await strippedSection(context, inState('invite'), 'invite_state'),
    knock: await strippedSection(context, inState('knock'), 'knock_state'),
    leave: await leaveSection(context, inState('leave', 'ban'), accountData),
  };
}

/** The rooms in which the reader has been all along. */
async function unchangedRooms(
  { joinedRoomIds, request, range }: AnswerParts & ReadContext,
  changed: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const joined = await joinedRoomIds(request.requester.userId, range.upto);
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
