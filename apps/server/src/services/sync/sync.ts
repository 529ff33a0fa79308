import type { Queryable } from '@sotto/sql';
import { getStateAt } from '../../store/room-state.ts';
import type { Requester } from '../accounts/requester.ts';
import type { UnreadCounts } from '../push/index.ts';
import type { RawJson } from '../raw-json.ts';
import { inviteVerdict } from '../rooms/invite-permission.ts';
import type { Typing } from '../typing/index.ts';
import type { SyncFilter } from './filter.ts';
import { joinedRooms, type ReadContext, roomPart } from './joined-rooms.ts';
import type { Notifier } from './notifier.ts';
import { accountDataChanges } from './streams/account-data.ts';
import { deviceListChanges } from './streams/device-lists.ts';
import { oneTimeKeyCounts } from './streams/key-counts.ts';
import { type RoomStanding, standings } from './streams/memberships.ts';
import type { SyncRange } from './streams/range.ts';
import { strippedState } from './streams/state.ts';
import { newestReadable } from './streams/timeline.ts';
import { toDevicePage } from './streams/to-device.ts';
import { makeToken } from './token.ts';

export interface SyncRequest {
  requester: Requester;
  /** The position up to which the reader knows everything; undefined for one that knows nothing. */
  since: number | undefined;
  timeoutMs: number;
  filter: SyncFilter;
  fullState: boolean;
  /** The name of the state: before the timeline, or after it (MSC4222, stable since v1.16). */
  stateKey: 'state' | 'state_after' | 'org.matrix.msc4222.state_after';
  signal: AbortSignal;
}

/** The answer of GET /sync. */
export interface SyncAnswer {
  next_batch: string;
  rooms: Partial<Record<'join' | 'invite' | 'knock' | 'leave', Record<string, unknown>>>;
  account_data: { events: RawJson[] };
  to_device: { events: RawJson[] };
  device_lists: { changed: string[]; left: string[] };
  device_one_time_keys_count: Record<string, number>;
  device_unused_fallback_key_types: string[];
  presence: { events: RawJson[] };
}

/** Tells a reader what is new since its token, waiting for something to tell (specification, GET /sync). */
export type Sync = (request: SyncRequest) => Promise<SyncAnswer>;

export interface SyncParts {
  db: Queryable;
  notifier: Notifier;
  typing: Typing;
  unread: UnreadCounts;
  /** The newest position that may be shown. */
  durablePosition: () => number;
  /** A monotonic clock in milliseconds. */
  monotonicMs: () => number;
  joinedRoomIds(userId: string): Promise<string[]>;
  /** Told that a device has everything up to here. */
  acknowledge(device: { userId: string; deviceId: string }, since: number): void;
}

export function createSync(parts: SyncParts): Sync {
  const { db, notifier, typing, unread, durablePosition, monotonicMs, joinedRoomIds, acknowledge } = parts;
  return async (request) => {
    const { userId } = request.requester;
    if (request.since !== undefined) acknowledge(request.requester, request.since);
    const endMs = monotonicMs() + request.timeoutMs;
    // The watch begins before the store is read: what comes between wakes it.
    const watch = notifier.watch(userId);
    try {
      watch.addRooms(await joinedRoomIds(userId));
      for (;;) {
        const { answer, hasNews } = await read({ db, typing, unread, request }, durablePosition());
        const leftMs = endMs - monotonicMs();
        if (hasNews || leftMs <= 0 || request.signal.aborted) return answer;
        await watch.wake(leftMs, request.signal);
      }
    } finally {
      watch.end();
    }
  };
}

async function read(
  { db, typing, unread, request }: Omit<ReadContext, 'range'>,
  newest: number,
): Promise<{ answer: SyncAnswer; hasNews: boolean }> {
  const { requester, since } = request;
  const whole: SyncRange = { since: since ?? 0, upto: newest };
  // One token for everything: where only a page of to-device messages fits, the whole answer ends with its last one.
  const toDevice = await toDevicePage(db, requester, whole);
  const range: SyncRange = { ...whole, upto: toDevice.upto };
  const context: ReadContext = { db, typing, unread, request, range };
  const accountData = await accountDataChanges(db, requester.userId, { ...range, isFirst: since === undefined });
  const rooms = await standings(db, requester.userId, range);
  const inState = (...memberships: string[]) => rooms.filter((room) => memberships.includes(room.now));
  const keys = await oneTimeKeyCounts(db, requester);
  const answer: SyncAnswer = {
    next_batch: makeToken(range.upto),
    rooms: {
      join: await joinedRooms(context, inState('join'), accountData),
      invite: await strippedRooms(context, inState('invite'), 'invite_state'),
      knock: await strippedRooms(context, inState('knock'), 'knock_state'),
      leave: await leftRooms(context, inState('leave', 'ban')),
    },
    account_data: { events: accountData.global },
    to_device: { events: toDevice.events },
    device_lists:
      since === undefined ? { changed: [], left: [] } : await deviceListChanges(db, requester.userId, range),
    device_one_time_keys_count: keys.counts,
    device_unused_fallback_key_types: keys.unusedFallback,
    presence: { events: [] },
  };
  const hasNews = since === undefined || request.fullState || isNews(answer);
  answer.rooms = withoutEmpty(answer.rooms);
  return { answer, hasNews };
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

async function strippedRooms(
  { db, request, range }: ReadContext,
  rooms: readonly RoomStanding[],
  name: 'invite_state' | 'knock_state',
): Promise<Record<string, unknown>> {
  const section: Record<string, unknown> = {};
  const { userId } = request.requester;
  for (const { roomId, position } of rooms) {
    if (position <= range.since) continue;
    if (name === 'invite_state' && !(await isInviteWelcome(db, { roomId, userId, position }))) continue;
    section[roomId] = { [name]: { events: await strippedState(db, { roomId, userId, position }) } };
  }
  return section;
}

/** Whether the person wants to hear of an invite (specification, "Ignoring Users", "Invite permission"). */
async function isInviteWelcome(
  db: Queryable,
  { roomId, userId, position }: { roomId: string; userId: string; position: number },
): Promise<boolean> {
  const row = await getStateAt(db, { roomId, type: 'm.room.member', stateKey: userId, position });
  return row === undefined || (await inviteVerdict(db, { userId, sender: row.sender })) === 'allow';
}

/** Rooms that were left in the range; at first, those too that were left before, where the filter wants them. */
async function leftRooms(context: ReadContext, rooms: readonly RoomStanding[]): Promise<Record<string, unknown>> {
  const { db, request, range } = context;
  const { userId } = request.requester;
  const section: Record<string, unknown> = {};
  for (const { roomId, before, position } of rooms) {
    const isWanted = request.since === undefined ? request.filter.includeLeave : position > range.since;
    if (!isWanted) continue;
    const limit = request.filter.timelineLimit;
    const timeline = await newestReadable(
      db,
      { roomId, userId },
      { upto: position, limit, after: before === 'join' ? range.since : 0 },
    );
    const isNew = request.since === undefined || before !== 'join';
    section[roomId] = await roomPart(context, { roomId, isNew, timeline, upto: position });
  }
  return section;
}
