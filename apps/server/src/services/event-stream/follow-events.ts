import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Queryable } from '@sotto/sql';
import { type EventRow, eventsForwards, eventsOfAllRooms } from '../../store/events.ts';
import { getMembership, listRoomsEverJoined } from '../../store/memberships.ts';
import type { CheckStanding } from '../accounts/check-standing.ts';
import type { Requester } from '../accounts/requester.ts';
import type { Presence } from '../presence/index.ts';
import { RawJson } from '../raw-json.ts';
import { inviteVerdict } from '../rooms/invite-permission.ts';
import { readFilter } from '../sync/filter.ts';
import type { Notifier } from '../sync/index.ts';
import { accountDataChanges } from '../sync/streams/account-data.ts';
import { presenceEvent, presenceEvents } from '../sync/streams/presence.ts';
import type { SyncRange } from '../sync/streams/range.ts';
import { receiptChanges } from '../sync/streams/receipts.ts';
import { makeToken } from '../sync-token.ts';
import { readIgnoredUsers } from '../timeline/ignored-users.ts';
import { isWorldReadable, readableHistory } from '../timeline/room-access.ts';
import type { ShowEvents } from '../timeline/show-events.ts';
import { isReadable, type OwnHistory, readHistories } from '../timeline/visibility.ts';
import type { Typing } from '../typing/index.ts';
import { inOldForm, ofRoom, presenceInOldForm } from './old-form.ts';

export interface FollowRequest {
  requester: Requester;
  /** Everything up to here is known; when it is left out, all that there is now. */
  from: number | undefined;
  timeoutMs: number;
  /** How many events of timelines are told at most. */
  limit: number;
  /** The one room to listen to, which need not be one's own; otherwise all of one's rooms. */
  roomId?: string | undefined;
  signal: AbortSignal;
}

/** Waits for something to tell, and tells it: GET /events. @throws MatrixError M_FORBIDDEN for a room that one may not read */
export type FollowEvents = (request: FollowRequest) => Promise<{ start: string; end: string; chunk: RawJson[] }>;

export interface FollowParts {
  db: Queryable;
  newest: () => number;
  monotonicMs: () => number;
  notifier: Notifier;
  presence: Presence;
  typing: Typing;
  show: ShowEvents;
  /** Asked after each wait, before anything is read for the answer. */
  checkStanding: CheckStanding;
  joinedRoomIds(userId: string): Promise<string[]>;
}

const everything = readFilter({});
/** Events of the whole server that are looked through at once. */
const batchSize = 300;
/** An answer comes after so many stretches in which there was nothing to tell, and the reader goes on from its `end`. */
const mostStretches = 20;

/** One part of the stream: what was found, and how far it reaches. */
interface Stretch {
  events: RawJson[];
  upto: number;
}

export function createFollowEvents(parts: FollowParts): FollowEvents {
  const { newest, monotonicMs, notifier, presence, joinedRoomIds } = parts;
  return async (request) => {
    const { requester, roomId, signal } = request;
    const endMs = monotonicMs() + request.timeoutMs;
    const watch = notifier.watch(requester.userId);
    const endPoll = requester.isGuest ? () => undefined : presence.beginPoll(requester, undefined);
    try {
      watch.addRooms(roomId === undefined ? await joinedRoomIds(requester.userId) : [roomId]);
      const from = request.from ?? newest();
      for (let since = from, stretches = 1; ; stretches++) {
        const { events, upto } = await read(parts, request, { since, upto: newest() });
        const leftMs = endMs - monotonicMs();
        const isOver = leftMs <= 0 || signal.aborted || notifier.isClosed();
        const isBehind = upto !== newest();
        if (events.length > 0 || isOver || (isBehind && stretches >= mostStretches))
          return { start: makeToken(from), end: makeToken(upto), chunk: events };
        // A long stretch in which there was nothing for this reader is not looked through again; others have their turn first.
        if (isBehind) await nextTurn();
        else {
          await watch.wake(leftMs, signal);
          stretches = 0;
        }
        await parts.checkStanding(requester);
        since = upto;
      }
    } finally {
      watch.end();
      endPoll();
    }
  };
}

async function read(parts: FollowParts, request: FollowRequest, whole: SyncRange): Promise<Stretch> {
  const [timeline, beside] = request.roomId === undefined ? [timelineOfAll, besideAll] : [timelineOfOne, besideOne];
  const { events, upto } = await timeline(parts, request, whole);
  return { upto, events: [...events, ...(await beside(parts, request, { since: whole.since, upto }))] };
}

/** Events of all rooms that the reader is in, and those that concern their own membership. */
async function timelineOfAll(
  { db, show }: FollowParts,
  { requester, limit }: FollowRequest,
  range: SyncRange,
): Promise<Stretch> {
  const { userId } = requester;
  const rows = await eventsOfAllRooms(db, { after: range.since, upto: range.upto, limit: batchSize });
  const isAll = rows.length < batchSize;
  const own = new Set((await listRoomsEverJoined(db, userId)).map((row) => row.roomId));
  const roomIds = [...new Set(rows.map((row) => row.roomId))].filter((roomId) => own.has(roomId));
  const histories = await readHistories(db, userId, { roomIds });
  const ignored = await readIgnoredUsers(db, userId);
  const isOwn = (row: EventRow) => row.type === 'm.room.member' && row.stateKey === userId;
  const isShown = (row: EventRow) => {
    if (isOwn(row)) return true;
    const history = histories.get(row.roomId);
    if (history === undefined || (row.stateKey === null && ignored.has(row.sender))) return false;
    return history.membershipAt(row.position) === 'join' && isReadable(history.ranges, row.position);
  };
  const shown = rows.filter(isShown);
  const told = shown.slice(0, limit);
  const events: RawJson[] = [];
  for (const row of told) {
    if (isOwn(row) && !(await isWelcome(db, row))) continue;
    const history =
      histories.get(row.roomId) ?? ({ ranges: [], membershipAt: () => 'invite', lastJoinEnd: -1 } as OwnHistory);
    events.push(...(await show.timeline([row], requester, history)).map(inOldForm));
  }
  if (shown.length > limit) return { events, upto: told.at(-1)?.position ?? range.since };
  return { events, upto: isAll ? range.upto : (rows.at(-1) as EventRow).position };
}

async function timelineOfOne(
  { db, show }: FollowParts,
  request: FollowRequest,
  { since, upto }: SyncRange,
): Promise<Stretch> {
  const { requester, limit, roomId = '' } = request;
  const history = await readableHistory(db, requester.userId, roomId);
  const rows = await eventsForwards(db, roomId, { after: since, upto, limit });
  const shown = rows.filter((row) => isReadable(history.ranges, row.position));
  const events = (await show.timeline(shown, requester, history)).map(inOldForm);
  return { events, upto: rows.length === limit ? (rows.at(-1)?.position ?? since) : upto };
}

/** An invite may be one of those that the person does not want to hear of. */
async function isWelcome(db: Queryable, { json, sender, stateKey }: EventRow): Promise<boolean> {
  if (JSON.parse(json).content.membership !== 'invite') return true;
  return (await inviteVerdict(db, { userId: stateKey ?? '', sender })) === 'allow';
}

/** Beside timelines: receipts, typing, presence and account data, for all of one's rooms. */
async function besideAll(parts: FollowParts, { requester }: FollowRequest, range: SyncRange): Promise<RawJson[]> {
  const { db, presence, joinedRoomIds } = parts;
  const { userId } = requester;
  const roomIds = new Set(await joinedRoomIds(userId));
  const ignored = await readIgnoredUsers(db, userId);
  const wanted = { userId, isFirst: false, freshRoomIds: [], ignored, filter: everything.presence };
  const data = await accountDataChanges(db, userId, { ...range, isFirst: false, filters: everything });
  return [
    ...(await ephemeralOf(parts, { userId, roomIds }, range)),
    ...(await presenceEvents(db, presence, { range, ...wanted })).map(presenceInOldForm),
    ...data.global,
    ...[...data.byRoom].flatMap(([roomId, events]) => events.map((event) => ofRoom(roomId, event))),
  ];
}

/** Receipts and typing of the one room that is listened to, as it is for this reader now; presence for those in it alone. */
async function besideOne(parts: FollowParts, request: FollowRequest, range: SyncRange): Promise<RawJson[]> {
  const { db, presence } = parts;
  const { requester, roomId = '' } = request;
  const { userId } = requester;
  const isThere = (await getMembership(db, userId, roomId))?.membership === 'join';
  if (!isThere && !(await isWorldReadable(db, roomId))) return [];
  const events = await ephemeralOf(parts, { userId, roomIds: new Set([roomId]) }, range);
  if (!isThere) return events;
  for (const sender of presence.changed(userId, range)) {
    if ((await getMembership(db, sender, roomId))?.membership !== 'join') continue;
    events.push(presenceInOldForm(await presenceEvent(db, presence, sender)));
  }
  return events;
}

async function ephemeralOf(
  { db, typing }: FollowParts,
  reader: { userId: string; roomIds: ReadonlySet<string> },
  range: SyncRange,
): Promise<RawJson[]> {
  const events: RawJson[] = [];
  const add = (type: string, room_id: string, content: unknown) =>
    events.push(new RawJson(JSON.stringify({ type, room_id, content })));
  for (const [roomId, contents] of await receiptChanges(db, reader, range))
    for (const content of contents) add('m.receipt', roomId, content);
  for (const [roomId, user_ids] of typing.changed(reader.roomIds, range)) add('m.typing', roomId, { user_ids });
  return events;
}
