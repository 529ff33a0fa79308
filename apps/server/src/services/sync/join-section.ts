import { setImmediate as nextTurn } from 'node:timers/promises';
import { listRooms } from '../../store/rooms.ts';
import type { CountUnread, RoomUnread } from '../push/index.ts';
import { lengthOf, RawJson } from '../raw-json.ts';
import { type OwnHistory, openEnd, readHistories } from '../timeline/visibility.ts';
import { type PlainTimeline, plainPart, readPlainTimelines } from './plain-room.ts';
import type { ReadContext } from './read-context.ts';
import { type RoomNews, roomPart } from './room-part.ts';
import { type AccountDataChanges, accountDataOf } from './streams/account-data.ts';
import type { RoomMembership } from './streams/memberships.ts';
import { type ReceiptContent, receiptChanges, receiptsOfRooms } from './streams/receipts.ts';
import { summariesOf } from './streams/summary.ts';
import { newestOf, timelinesOf } from './streams/timeline.ts';

/** A room in which the reader is, with all that is small about it. */
interface JoinedNews extends RoomNews {
  /** In the place of `timeline`. */
  plain?: PlainTimeline | undefined;
  ephemeral: RawJson[];
  ownData: RawJson[];
}

/** So many rooms are read at a time. */
export const roomsPerTurn = 64;

/** A first answer begins with so many, and then has as many at a time as make so many characters. */
const firstRooms = 4;
const charactersPerTurn = 2 ** 20;

/**
 * The `join` section of a sync answer: each room with its news, rooms without news left out.
 * @param rooms those in which the reader is; `unchanged`: in which it has been all along, beside those
 */
export async function joinSection(
  context: ReadContext,
  { rooms, unchanged }: { rooms: readonly RoomMembership[]; unchanged: ReadonlySet<string> },
  accountData: AccountDataChanges,
): Promise<Record<string, unknown>> {
  const isKnown = (room: RoomMembership) => room.before === 'join' && !room.wasAway;
  const alsoKnown = rooms.filter(isKnown).map((room) => room.roomId);
  const known = alsoKnown.length === 0 ? unchanged : new Set([...unchanged, ...alsoKnown]);
  const fresh = rooms.filter((room) => !isKnown(room));
  const changed = context.request.fullState ? [...known] : await roomsThatMayHaveNews(context, known, accountData);
  const section: Record<string, unknown> = {};
  const sectionOf = createSectionMaker(context, { isAboutMany: fresh.length + changed.length > 20 });
  const add = (part: Record<string, unknown>) => void Object.assign(section, part);
  await inTurns(changed, async (some) => add(await sectionOf(await newsOfKnown(context, new Set(some), accountData))));
  await inTurns(fresh, async (some) => add(await sectionOf(await newsOfFresh(context, some, accountData))));
  return section;
}

/**
 * The `join` section of a first answer, a few rooms at a time: read as they are wanted, each as it stood at the end of the
 * answer's range, however long whoever asked takes. A room that was purged meanwhile is left out.
 */
export async function* firstJoinSection(
  context: ReadContext,
  rooms: readonly RoomMembership[],
  accountData: AccountDataChanges,
): AsyncGenerator<Record<string, unknown>> {
  const sectionOf = createSectionMaker(context, { isAboutMany: true });
  let [done, count] = [0, firstRooms];
  while (done < rooms.length) {
    if (done > 0) await nextTurn();
    // No variable holds what was read of these rooms while their text waits to be taken.
    const turn = rooms.slice(done, done + count);
    const section = await sectionOf(await withoutPurged(context, await newsOfFresh(context, turn, accountData)));
    done += count;
    count = roomsAfter(count, lengthOf(section));
    yield section;
  }
}

/** How many rooms to read after so many, which took so many characters: their number grows with care, others may be large. */
export function roomsAfter(count: number, length: number): number {
  const fitting = Math.floor((count * charactersPerTurn) / Math.max(length, 1));
  return Math.max(1, Math.min(fitting, 4 * count, roomsPerTurn));
}

/** Only rooms in which nothing seems to have been written are looked for: in all others something is left. */
async function withoutPurged({ db }: ReadContext, news: JoinedNews[]): Promise<JoinedNews[]> {
  const bare = news.filter(({ plain, timeline }) => plain === undefined && !timeline?.rows.length);
  if (bare.length === 0) return news;
  const gone = new Set(bare.map(({ roomId }) => roomId));
  for (const { roomId } of await listRooms(db, [...gone])) gone.delete(roomId);
  return news.filter(({ roomId }) => !gone.has(roomId));
}

/** Does something for a few of these at a time; other requests get their turn in between. */
async function inTurns<T>(items: readonly T[], work: (some: readonly T[]) => Promise<void>): Promise<void> {
  for (let done = 0; done < items.length; done += roomsPerTurn) {
    if (done > 0) await nextTurn();
    await work(items.slice(done, done + roomsPerTurn));
  }
}

/** After a long absence that may be all of them. */
async function roomsThatMayHaveNews(
  { db, recent, typing, range }: ReadContext,
  known: ReadonlySet<string>,
  accountData: AccountDataChanges,
): Promise<string[]> {
  const found = new Set([
    ...(await recent.events.among(db, known, range)),
    ...(await recent.receipts.among(db, known, range)),
    ...typing.changed(known, range).keys(),
    ...accountData.byRoom.keys(),
  ]);
  return [...found].filter((roomId) => known.has(roomId));
}

/** Makes a part of the section of the news of rooms. */
function createSectionMaker(context: ReadContext, { isAboutMany }: { isAboutMany: boolean }) {
  const { db, request, range, unread } = context;
  const { userId } = request.requester;
  let countUnread: CountUnread | undefined;
  return async (all: readonly JoinedNews[]): Promise<Record<string, unknown>> => {
    const section: Record<string, unknown> = {};
    const summarised = all.filter((news) => news.stateSince === undefined || news.timeline?.hasSummaryNews);
    const summaries = await summariesOf(
      db,
      summarised.map((news) => news.roomId),
      userId,
    );
    for (const news of all) {
      const { roomId, ephemeral, ownData } = news;
      const { part, isEmpty } = await partOf(context, { ...news, summary: summaries.get(roomId) });
      if (isEmpty && news.stateSince !== undefined && ephemeral.length === 0 && ownData.length === 0) continue;
      countUnread ??= await unread.forUser(userId, { allRooms: isAboutMany });
      section[roomId] = {
        ...part,
        ephemeral: { events: ephemeral },
        account_data: { events: ownData },
        ...unreadPart(await countUnread(roomId, range.upto), request.filter.unreadThreads),
      };
    }
    return section;
  };
}

async function partOf(context: ReadContext, { plain, ...news }: JoinedNews) {
  if (plain === undefined) return roomPart(context, news);
  return { part: await plainPart(context, { ...news, timeline: plain }), isEmpty: false };
}

/** Rooms in which the reader has been all along: those that may have news, or all where it wants the full state. */
async function newsOfKnown(
  context: ReadContext,
  rooms: ReadonlySet<string>,
  accountData: AccountDataChanges,
): Promise<JoinedNews[]> {
  const { db, typing, request, range } = context;
  const { filter, requester, fullState } = request;
  const wanted = { filter: filter.timeline, limit: filter.timelineLimit };
  const { recent } = context;
  const timelines = await timelinesOf(db, await recent.events.among(db, rooms, range), {
    ...{ share: context.share, ...range },
    ...wanted,
  });
  const readIn = await recent.receipts.among(db, rooms, range);
  const receipts = await receiptChanges(db, { userId: requester.userId, roomIds: readIn }, range);
  const typists = typing.changed(rooms, range);
  const found: JoinedNews[] = [];
  for (const roomId of rooms) {
    const timeline = timelines.get(roomId);
    const ephemeral = ephemeralEvents(context, roomId, {
      receipts: receipts.get(roomId) ?? [],
      typists: typists.get(roomId),
    });
    const ownData = accountData.byRoom.get(roomId) ?? [];
    if (timeline === undefined && ephemeral.length === 0 && ownData.length === 0 && !fullState) continue;
    found.push({
      roomId,
      stateSince: fullState ? undefined : range.since,
      upto: range.upto,
      timeline,
      isWhole: filter.timeline.isOpen,
      membershipAt: () => 'join',
      ranges: [{ from: 0, upto: range.upto }],
      summary: undefined,
      ephemeral,
      ownData,
    });
  }
  return found;
}

/** Rooms that the reader has yet to know, or has to know anew after having been away. */
async function newsOfFresh(
  context: ReadContext,
  rooms: readonly RoomMembership[],
  accountData: AccountDataChanges,
): Promise<JoinedNews[]> {
  const { db, request, range } = context;
  const { filter, requester, since } = request;
  const roomIds = rooms.map((room) => room.roomId);
  const plainTimelines = await readPlainTimelines(context, rooms);
  const histories = await readHistories(db, requester.userId, {
    roomIds: rooms.filter((room) => !isWhole(room, plainTimelines.get(room.roomId))).map((room) => room.roomId),
    upto: range.upto,
  });
  const typists = context.typing.changed(roomIds, { since: 0, upto: range.upto });
  // Kept from an earlier stay, or set before joining: not told yet, because the room was not in any answer.
  const ownData =
    since === undefined ? accountData.byRoom : await accountDataOf(db, requester.userId, { roomIds, filters: filter });
  const receipts = await receiptsOfRooms(db, roomIds, requester.userId);
  const found: JoinedNews[] = [];
  for (const { roomId, wasAway } of rooms) {
    const history = histories.get(roomId) ?? joinedThroughout;
    const plain = plainTimelines.get(roomId);
    const timeline = plain === undefined ? await newestOfFresh(context, roomId, history) : undefined;
    const { ranges, membershipAt } = history;
    const typing = typists.get(roomId) ?? [];
    // Who was away has a gap before this timeline, even where all that can be read is in it.
    const isLimited = timeline?.isLimited === true || since !== undefined;
    found.push({
      roomId,
      stateSince: undefined,
      membersSince: wasAway ? range.since : undefined,
      upto: range.upto,
      timeline: timeline && { ...timeline, isLimited },
      plain,
      isWhole: filter.timeline.isOpen && ranges.length === 1,
      membershipAt,
      ranges,
      summary: undefined,
      ephemeral: ephemeralEvents(context, roomId, {
        receipts: receipts.get(roomId) ?? [],
        typists: typing.length === 0 ? undefined : typing,
      }),
      ownData: ownData.get(roomId) ?? [],
    });
  }
  return found;
}

/** Whether the reader has been in a room since before the first event that is shown. */
function isWhole({ beganPosition }: RoomMembership, plain: PlainTimeline | undefined): boolean {
  const first = plain?.rows[0]?.position;
  return first !== undefined && beganPosition !== undefined && beganPosition <= first;
}

const joinedThroughout: OwnHistory = {
  ranges: [{ from: 0, upto: openEnd }],
  membershipAt: () => 'join',
  lastJoinEnd: openEnd,
};

function newestOfFresh({ db, request, range }: ReadContext, roomId: string, { ranges }: OwnHistory) {
  const { timeline: filter, timelineLimit: limit } = request.filter;
  return newestOf(db, roomId, { filter, limit, ranges, after: 0, upto: range.upto, stateOfGapsUpto: range.upto });
}

function ephemeralEvents(
  { request }: ReadContext,
  roomId: string,
  { receipts, typists }: { receipts: readonly ReceiptContent[]; typists: string[] | undefined },
): RawJson[] {
  const { ephemeral } = request.filter;
  const events: RawJson[] = [];
  const add = (type: string, content: unknown) => {
    if (ephemeral.isOpen || ephemeral.matches({ type, roomId }))
      events.push(new RawJson(JSON.stringify({ type, content })));
  };
  for (const content of receipts) add('m.receipt', content);
  if (typists !== undefined) add('m.typing', { user_ids: typists });
  return events;
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
