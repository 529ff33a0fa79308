import type { Queryable } from '@sotto/sql';
import type { EventRow } from '../../store/events.ts';
import type { CountUnread, RoomUnread, UnreadCounts } from '../push/index.ts';
import { RawJson } from '../raw-json.ts';
import { eventText } from '../timeline/client-event.ts';
import type { Typing } from '../typing/index.ts';
import type { AccountDataChanges } from './streams/account-data.ts';
import type { RoomStanding } from './streams/memberships.ts';
import type { SyncRange } from './streams/range.ts';
import { type ReceiptContent, receiptChanges, receiptsOfRoom } from './streams/receipts.ts';
import { stateFor } from './streams/state.ts';
import { summaryOf } from './streams/summary.ts';
import { newestReadable, type TimelinePart, timelinesOf } from './streams/timeline.ts';
import type { SyncRequest } from './sync.ts';
import { makeToken } from './token.ts';

/** What the sections of one answer are made from. */
export interface ReadContext {
  db: Queryable;
  typing: Typing;
  unread: UnreadCounts;
  request: SyncRequest;
  range: SyncRange;
}

/** The `join` section of a sync answer: each room with its news, rooms without news left out. */
export async function joinedRooms(
  context: ReadContext,
  rooms: readonly RoomStanding[],
  accountData: AccountDataChanges,
): Promise<Record<string, unknown>> {
  const { db, typing, request, range } = context;
  const { userId } = request.requester;
  const isFirst = request.since === undefined;
  const known = new Set(rooms.filter((room) => room.before === 'join').map((room) => room.roomId));
  const limit = request.filter.timelineLimit;
  const timelines = await timelinesOf(db, known, { ...range, limit });
  const receipts = isFirst ? new Map() : await receiptChanges(db, { userId, roomIds: known }, range);
  const typists = typing.changed(known, range);
  let countUnread: CountUnread | undefined;
  const section: Record<string, unknown> = {};
  for (const { roomId } of rooms) {
    const isNew = !known.has(roomId);
    const timeline = isNew
      ? await newestReadable(db, { roomId, userId }, { upto: range.upto, limit })
      : timelines.get(roomId);
    const receipt = isNew ? await receiptsOfRoom(db, roomId, userId) : receipts.get(roomId);
    const ephemeral = ephemeralEvents(receipt, typists.get(roomId));
    const ownData = accountData.byRoom.get(roomId) ?? [];
    const hasNews = timeline !== undefined || ephemeral.length > 0 || ownData.length > 0;
    if (!hasNews && !isNew && !request.fullState) continue;
    countUnread ??= await context.unread.forUser(userId);
    section[roomId] = {
      ...(await roomPart(context, { roomId, isNew, timeline })),
      ephemeral: { events: ephemeral },
      account_data: { events: ownData },
      ...unreadPart(await countUnread(roomId, range.upto), request.filter.unreadThreads),
    };
  }
  return section;
}

/** Summary, state and timeline of one room; also used for rooms that were left. */
export async function roomPart(
  context: ReadContext,
  room: { roomId: string; isNew: boolean; timeline: TimelinePart | undefined; upto?: number },
): Promise<Record<string, unknown>> {
  const { db, request, range } = context;
  const { roomId, isNew, timeline } = room;
  const { userId } = request.requester;
  const upto = room.upto ?? range.upto;
  const state = await stateFor(db, {
    roomId,
    userId,
    since: isNew || request.fullState ? undefined : range.since,
    upto,
    timeline,
    useStateAfter: request.stateKey !== 'state',
    lazyLoadMembers: request.filter.lazyLoadMembers,
  });
  const text = (row: EventRow) => eventText(row, { withRoomId: false, viewer: request.requester });
  const hasMembers = [...state, ...(timeline?.rows ?? [])].some((row) => row.type === 'm.room.member');
  return {
    summary: isNew || hasMembers ? await summaryOf(db, roomId, userId) : {},
    [request.stateKey]: { events: state.map(text) },
    timeline: {
      events: (timeline?.rows ?? []).map(text),
      limited: timeline?.isLimited ?? false,
      prev_batch: makeToken(timeline?.from ?? range.since),
    },
  };
}

/** Counts of the whole room, or of its main timeline and each thread where the reader asked for that. */
function unreadPart({ total, main, threads }: RoomUnread, byThread: boolean): Record<string, unknown> {
  const counts = ({ highlights, notifications }: RoomUnread['total']) => ({
    highlight_count: highlights,
    notification_count: notifications,
  });
  if (!byThread) return { unread_notifications: counts(total) };
  const byRoot = Object.fromEntries([...threads].map(([root, count]) => [root, counts(count)]));
  return { unread_notifications: counts(main), ...(threads.size > 0 && { unread_thread_notifications: byRoot }) };
}

function ephemeralEvents(receipt: ReceiptContent | undefined, typists: string[] | undefined): RawJson[] {
  const events: RawJson[] = [];
  if (receipt !== undefined) events.push(new RawJson(JSON.stringify({ type: 'm.receipt', content: receipt })));
  if (typists !== undefined)
    events.push(new RawJson(JSON.stringify({ type: 'm.typing', content: { user_ids: typists } })));
  return events;
}
