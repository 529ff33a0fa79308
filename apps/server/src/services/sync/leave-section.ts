import type { EventRow } from '../../store/events.ts';
import { getStateAt } from '../../store/room-state.ts';
import { type OwnHistory, rangesOfStay, readHistories } from '../timeline/visibility.ts';
import type { ReadContext } from './read-context.ts';
import { roomPart } from './room-part.ts';
import type { AccountDataChanges } from './streams/account-data.ts';
import type { RoomMembership } from './streams/memberships.ts';
import { newestOf, type TimelinePart } from './streams/timeline.ts';

/**
 * The `leave` section: rooms that were left (or were closed to the reader) in the range; at first those too that were
 * left before, where the filter wants them. Nothing in it is newer than the leave, but one's own member event.
 */
export async function leaveSection(
  context: ReadContext,
  rooms: readonly RoomMembership[],
  accountData: AccountDataChanges,
): Promise<Record<string, unknown>> {
  const { db, request, range } = context;
  const { filter, requester } = request;
  const isFirst = request.since === undefined;
  const wanted = rooms.filter((room) => (isFirst ? filter.includeLeave : room.position > range.since));
  const roomIds = wanted.map((room) => room.roomId);
  const histories = await readHistories(db, requester.userId, { roomIds, upto: range.upto });
  const section: Record<string, unknown> = {};
  for (const room of wanted) {
    const { roomId } = room;
    const leave = leaveOf(room, histories.get(roomId) as OwnHistory, range.since);
    const timeline = await leftTimeline(context, leave);
    const { part } = await roomPart(context, {
      roomId,
      stateSince: leave.stateSince,
      // Members that were told in an earlier stay may be others by now.
      membersSince: request.since,
      upto: leave.lastJoinEnd,
      timeline,
      isWhole: filter.timeline.isOpen && leave.ranges.length === 1,
      ownEvent: await ownEventOf(context, leave, timeline),
      membershipAt: leave.membershipAt,
      ranges: leave.ranges,
      summary: undefined,
    });
    section[roomId] = { ...part, account_data: { events: accountData.byRoom.get(roomId) ?? [] } };
  }
  return section;
}

interface Leave extends OwnHistory {
  roomId: string;
  /** Position of the member event in force, which may be later than the leave: banned, or a withdrawn invitation. */
  position: number;
  /** Whether a stay may have ended unknown to the reader; otherwise it learns nothing but its own member event. */
  isNews: boolean;
  /** What is known since before is kept up to date; who came and went in between gets it all. */
  stateSince: number | undefined;
}

function leaveOf(room: RoomMembership, history: OwnHistory, since: number): Leave {
  const { roomId, position } = room;
  // Who was invited again may never have heard of an earlier stay, if it began and ended between two answers.
  const isUnheard = room.before === 'invite' || room.before === 'knock';
  const isNews = history.lastJoinEnd > since || (isUnheard && history.lastJoinEnd !== -1);
  const isContinued = room.before === 'join' && !room.wasAway;
  const stateSince = !isNews ? Number.MAX_SAFE_INTEGER : isContinued ? since : undefined;
  return { ...history, roomId, position, isNews, stateSince };
}

async function leftTimeline({ db, request, range }: ReadContext, leave: Leave): Promise<TimelinePart> {
  const { filter } = request;
  const { roomId, position, lastJoinEnd, isNews, stateSince } = leave;
  const timeline = await newestOf(db, roomId, {
    filter: filter.timeline,
    limit: filter.timelineLimit,
    ranges: rangesOfStay(isNews ? leave.ranges : [], { end: lastJoinEnd, own: position }),
    after: stateSince === undefined ? 0 : range.since,
    upto: position,
    stateOfGapsUpto: isNews ? lastJoinEnd : 0,
  });
  if (timeline === undefined) return { rows: [], isLimited: false, from: lastJoinEnd, hasSummaryNews: false };
  // What a stranger may read of the room lies before its own event, not before the last answer.
  if (!isNews) return { ...timeline, from: position - 1 };
  const isRejoin = stateSince === undefined && request.since !== undefined;
  return { ...timeline, isLimited: timeline.isLimited || isRejoin };
}

/** The reader's own member event, where neither the state up to the leave nor the timeline has it. */
async function ownEventOf(
  { db, request }: ReadContext,
  { roomId, position, lastJoinEnd }: Leave,
  { rows }: TimelinePart,
): Promise<EventRow | undefined> {
  const isShown = request.stateKey === 'state' && rows.some((row) => row.position === position);
  if (position === lastJoinEnd || isShown) return undefined;
  return getStateAt(db, { roomId, type: 'm.room.member', stateKey: request.requester.userId, position });
}
