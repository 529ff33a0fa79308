import type { Membership } from '@sotto/protocol';
import type { EventRow } from '../../store/events.ts';
import { makeToken } from '../sync-token.ts';
import { type EventView, eventTexts } from '../timeline/client-event.ts';
import { hidesWords } from '../timeline/erased-people.ts';
import type { PositionRange } from '../timeline/visibility.ts';
import type { ReadContext } from './read-context.ts';
import { stateFor } from './streams/state.ts';
import type { RoomSummary } from './streams/summary.ts';
import type { TimelinePart } from './streams/timeline.ts';

/** What is known of a room before its state is read. */
export interface RoomNews {
  roomId: string;
  /** Where the reader's knowledge of the state ends; undefined when it is to have all of it. */
  stateSince: number | undefined;
  /** Whom of the members the reader may remember, though it is to have all the state: those set up to here. */
  membersSince?: number | undefined;
  upto: number;
  /** Undefined when nothing was written. */
  timeline: TimelinePart | undefined;
  /** Whether the timeline is all that was written since its start. */
  isWhole: boolean;
  membershipAt: (position: number) => Membership;
  /** What of the room the reader may see. */
  ranges: readonly PositionRange[];
  /** The reader's own member event, where it is newer than all else that is shown. */
  ownEvent?: EventRow | undefined;
  summary: RoomSummary | undefined;
}

/** Summary, state and timeline of one room. `isEmpty`: there is nothing in it worth telling by itself. */
export async function roomPart(
  context: ReadContext,
  news: RoomNews,
): Promise<{ part: Record<string, unknown>; isEmpty: boolean }> {
  const { db, request, range, bundle } = context;
  const { timeline, membershipAt, summary } = news;
  const { filter, requester } = request;
  const state = await filter.state.select(db, await stateRows(context, news));
  const rows = timeline?.rows ?? [];
  const isGap = timeline?.isLimited === true || news.stateSince === undefined;
  const view: EventView = {
    withRoomId: false,
    viewer: requester,
    nowMs: context.now(),
    format: filter.format,
    fields: filter.eventFields,
  };
  const hides = hidesWords(context.erased, membershipAt);
  const relations = isGap ? await bundle(rows, { viewer: requester, ranges: news.ranges, hides }) : undefined;
  const part = {
    ...(summary !== undefined && { summary }),
    [request.stateKey]: { events: await eventTexts(db, state, view) },
    timeline: {
      events: await eventTexts(db, rows, { ...view, membershipAt, hides, ...(relations && { relations }) }),
      limited: timeline?.isLimited ?? false,
      prev_batch: makeToken(timeline?.from ?? range.since),
    },
  };
  const isEmpty = rows.length === 0 && state.length === 0 && timeline?.isLimited !== true && summary === undefined;
  return { part, isEmpty };
}

async function stateRows(context: ReadContext, news: RoomNews): Promise<EventRow[]> {
  const { db, request, range } = context;
  const { filter, requester: device } = request;
  const rows = await stateFor(db, {
    roomId: news.roomId,
    since: news.stateSince,
    membersSince: news.membersSince,
    upto: news.upto,
    timeline: news.timeline,
    isWhole: news.isWhole,
    useStateAfter: request.stateKey !== 'state',
    share: context.share,
    members: filter.lazyLoadMembers ? wantedMembers(context, news) : undefined,
  });
  if (news.ownEvent !== undefined) rows.push(news.ownEvent);
  if (!filter.lazyLoadMembers) return rows;
  return withoutSentMembers(rows, { context, device, news, upto: range.upto });
}

/** Whose member events a lazily loading reader needs: senders, heroes, and itself where it gets all the state. */
function wantedMembers({ request }: ReadContext, { timeline, stateSince, summary }: RoomNews): Set<string> {
  const wanted = new Set((timeline?.rows ?? []).map((row) => row.sender));
  for (const hero of summary?.['m.heroes'] ?? []) wanted.add(hero);
  if (stateSince === undefined) wanted.add(request.requester.userId);
  return wanted;
}

function withoutSentMembers(
  rows: EventRow[],
  answer: { context: ReadContext; device: { userId: string; deviceId: string }; news: RoomNews; upto: number },
): EventRow[] {
  const { context, device, news, upto } = answer;
  const { filter } = context.request;
  const { roomId, stateSince } = news;
  const asSent = (row: EventRow) => ({ device, roomId, userId: row.stateKey ?? '', eventId: row.eventId });
  const kept = rows.filter((row) => {
    if (row.type !== 'm.room.member' || filter.includeRedundantMembers) return true;
    // What changed since the last answer is no repetition, whatever the memory says.
    if (stateSince === undefined || row.position > stateSince) return true;
    return !context.sentMembers.isKnown(asSent(row), stateSince);
  });
  for (const row of [...(news.timeline?.rows ?? []), ...kept]) {
    if (row.type === 'm.room.member') context.sentMembers.note(asSent(row), upto);
  }
  return kept;
}
