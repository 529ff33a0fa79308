import type { Queryable } from '@sotto/sql';
import type { EventRow } from '../../store/events.ts';
import { newestOfTypes } from '../../store/room-activity.ts';
import { getStateAt } from '../../store/room-state.ts';
import type { CountUnread, UnreadCount } from '../push/index.ts';
import { RawJson } from '../raw-json.ts';
import { strippedState } from '../sync/streams/state.ts';
import { newestOf, type TimelinePart } from '../sync/streams/timeline.ts';
import { makeToken } from '../sync-token.ts';
import type { BundleRelations } from '../timeline/bundle-relations.ts';
import { type EventView, eventText } from '../timeline/client-event.ts';
import { type ErasedPeople, hidesWords } from '../timeline/erased-people.ts';
import type { EventFilter } from '../timeline/event-filter.ts';
import type { Viewer } from '../timeline/show-events.ts';
import { type OwnHistory, rangesOfStay } from '../timeline/visibility.ts';
import type { KnownRoom } from './connections.ts';
import type { PersonsRoom } from './persons-rooms.ts';
import { readRequiredState } from './required-state.ts';
import { lookChanges, readLooks } from './room-looks.ts';
import { isExpanded, type RoomConfig } from './state-selection.ts';

/** A room in an answer, by the names of the MSC's text. */
export interface RoomResult {
  initial?: true;
  expanded_timeline?: true;
  membership: string;
  bump_stamp: number;
  stripped_state?: RawJson[];
  required_state?: RawJson[];
  timeline?: RawJson[];
  prev_batch?: string;
  limited?: boolean;
  num_live?: number;
  notification_count?: number;
  highlight_count?: number;
  name?: RawJson;
  avatar?: RawJson;
  heroes?: RawJson;
  is_dm?: RawJson;
  joined_count?: RawJson;
  invited_count?: RawJson;
}

export interface RoomRequest {
  room: PersonsRoom;
  config: RoomConfig;
  known: KnownRoom | undefined;
  /** The reader read something there since the last answer. */
  hasRead: boolean;
  history: OwnHistory;
}

/** What all rooms of one answer have in common. */
export interface RoomContext {
  db: Queryable;
  viewer: Viewer;
  bundle: BundleRelations;
  erased: ErasedPeople;
  nowMs: number;
  /** The answer goes up to here; what came after `since` is live. */
  upto: number;
  since: number | undefined;
  /** Leaves out what ignored people wrote. */
  filter: EventFilter;
  countUnread: CountUnread;
}

/** Events that make a room livelier in the eyes of a person (MSC4186, `bump_stamp`). */
const bumpTypes = [
  'm.room.create',
  'm.room.message',
  'm.room.encrypted',
  'm.sticker',
  'm.call.invite',
  'm.poll.start',
  'm.beacon_info',
];

/** What is to be told of a room (nothing, when undefined), and what the connection knows of it then. */
export interface ReadRoom {
  result: { shown: RoomResult; eventIds: ReadonlySet<string> } | undefined;
  known: KnownRoom;
}

/** Whether a room may have news for a connection: asked first, for most rooms have none. */
export function mayHaveNews({ room, config, known, hasRead }: Omit<RoomRequest, 'history'>): boolean {
  return (
    known === undefined ||
    hasRead ||
    known.membership !== room.membership ||
    newestFor(room) > known.upto ||
    config.timelineLimit > known.timelineLimit ||
    isExpanded(known.selections, config.selections) ||
    isExpanded(config.selections, known.selections)
  );
}

export async function readRoom(context: RoomContext, request: RoomRequest): Promise<ReadRoom> {
  const { room, known, history } = request;
  const isHere = room.membership === 'join' || (history.lastJoinEnd !== -1 && isGone(room));
  return isHere ? readEnteredRoom(context, request) : readStrangeRoom(context, { room, known, config: request.config });
}

const isGone = ({ membership }: PersonsRoom) => membership === 'leave' || membership === 'ban';

async function readEnteredRoom(context: RoomContext, request: RoomRequest): Promise<ReadRoom> {
  const { db, upto, viewer } = context;
  const { room, config, known, history } = request;
  const { roomId } = room;
  const end = room.membership === 'join' ? upto : history.lastJoinEnd;
  const isContinued = known?.membership === 'join' && (room.membership !== 'join' || room.beganPosition <= known.upto);
  const isTold = known?.membership === room.membership && newestFor(room) <= known.upto;
  const expandsTimeline = known !== undefined && config.timelineLimit > known.timelineLimit;
  const expandsState = known !== undefined && isExpanded(known.selections, config.selections);
  const base = isContinued || isTold ? known : undefined;
  if (isTold && !expandsTimeline && !expandsState) {
    return readUnread(context, request, { ...known, selections: config.selections });
  }
  const timeline = await readTimeline(context, request, { after: expandsTimeline ? 0 : (base?.upto ?? 0), end });
  const state = await readRequiredState(db, { roomId, at: Math.max(end, 0), config, known: base, timeline });
  const isNews = timeline.rows.length > 0 || state.rows.length > 0 || expandsTimeline;
  if (base !== undefined && !isNews)
    return readUnread(context, request, { ...base, upto, selections: config.selections });
  const looks = await readLooks(db, room, viewer.userId);
  const unread = await countUnread(context, room);
  const next: KnownRoom = {
    membership: room.membership,
    upto,
    timelineLimit:
      base === undefined || expandsTimeline || timeline.isLimited ? config.timelineLimit : base.timelineLimit,
    selections: config.selections,
    members: state.members,
    ...{ looks, unread },
  };
  const shown: RoomResult = {
    ...(base === undefined && { initial: true as const }),
    ...(base !== undefined && expandsTimeline && { expanded_timeline: true as const }),
    ...(await shownRoom(context, request, { timeline, state: state.rows })),
    ...shownUnread(unread),
    ...Object.fromEntries(
      Object.entries(lookChanges(base?.looks, looks)).map(([field, text]) => [field, new RawJson(text)]),
    ),
  };
  return { result: { shown, eventIds: new Set(timeline.rows.map((row) => row.eventId)) }, known: next };
}

/** How much is unread, where that is all that changed. */
async function readUnread(context: RoomContext, request: RoomRequest, known: KnownRoom): Promise<ReadRoom> {
  const { room, hasRead } = request;
  const unread = hasRead ? await countUnread(context, room) : undefined;
  const { notifications, highlights } = known.unread ?? {};
  if (unread === undefined || (unread.notifications === notifications && unread.highlights === highlights))
    return { result: undefined, known };
  const { membership } = room;
  const shown = { membership, bump_stamp: await bumpStamp(context, room), ...shownUnread(unread) };
  return { result: { shown, eventIds: new Set() }, known: { ...known, unread } };
}

const shownUnread = (unread: UnreadCount | undefined) =>
  unread && { notification_count: unread.notifications, highlight_count: unread.highlights };

async function countUnread({ countUnread: count, upto }: RoomContext, room: PersonsRoom) {
  return room.membership === 'join' ? (await count(room.roomId, upto)).total : undefined;
}

async function bumpStamp({ db, upto }: RoomContext, { roomId, membership, position }: PersonsRoom): Promise<number> {
  const newest = membership === 'join' ? await newestOfTypes(db, roomId, { types: bumpTypes, upto }) : undefined;
  return newest ?? position;
}

const newestFor = ({ membership, newest, position }: PersonsRoom) => (membership === 'join' ? newest : position);

/** As far as the reader may see, and nothing newer than its leaving but its own member event. */
async function readTimeline(
  { db, filter }: RoomContext,
  { room, config, history }: RoomRequest,
  { after, end }: { after: number; end: number },
): Promise<TimelinePart> {
  const part = await newestOf(db, room.roomId, {
    filter,
    limit: config.timelineLimit,
    ranges: rangesOfStay(history.ranges, { end, own: room.position }),
    after,
    upto: Math.max(end, room.position),
  });
  return part ?? { rows: [], isLimited: false, from: after, hasSummaryNews: false };
}

async function shownRoom(
  context: RoomContext,
  { room, history }: RoomRequest,
  { timeline, state }: { timeline: TimelinePart; state: readonly EventRow[] },
): Promise<RoomResult> {
  const { viewer, bundle, nowMs, since } = context;
  const view: EventView = { withRoomId: false, viewer, nowMs };
  const { rows, isLimited, from } = timeline;
  const hides = hidesWords(context.erased, history.membershipAt);
  const relations = isLimited ? await bundle(rows, { viewer, ranges: history.ranges, hides }) : undefined;
  const timelineView = { ...view, membershipAt: history.membershipAt, hides, ...(relations && { relations }) };
  return {
    membership: room.membership,
    bump_stamp: await bumpStamp(context, room),
    required_state: state.map((row) => eventText(row, view)),
    timeline: rows.map((row) => eventText(row, timelineView)),
    prev_batch: makeToken(from),
    limited: isLimited,
    num_live: since === undefined ? 0 : rows.filter((row) => row.position > since).length,
  };
}

/** A room that the reader is invited to, knocks on, or has turned down: what is shown at the door. */
async function readStrangeRoom(
  { db, viewer, nowMs }: RoomContext,
  { room, known, config }: Pick<RoomRequest, 'room' | 'known' | 'config'>,
): Promise<ReadRoom> {
  const { roomId, membership, position } = room;
  const next: KnownRoom = {
    membership,
    upto: position,
    timelineLimit: 0,
    selections: config.selections,
    members: new Set(),
    looks: {},
  };
  if (known?.membership === membership && known.upto >= position) return { result: undefined, known: next };
  const shown: RoomResult = { initial: true, membership, bump_stamp: position };
  if (!isGone(room)) {
    const stripped = await strippedState(db, { roomId, userId: viewer.userId, position });
    return { result: { shown: { ...shown, stripped_state: stripped }, eventIds: new Set() }, known: next };
  }
  const own = await getStateAt(db, { roomId, type: 'm.room.member', stateKey: viewer.userId, position });
  const events = own === undefined ? [] : [eventText(own, { withRoomId: false, viewer, nowMs })];
  const left = { ...shown, required_state: events, timeline: events, num_live: events.length };
  return { result: { shown: left, eventIds: new Set() }, known: next };
}
