import type { Membership } from '@sotto/protocol';
import {
  type EventTextRow,
  listNewestTexts,
  listRoomsOfHiddenHistory,
  listStateTexts,
  type NewestEventRow,
} from '../../store/event-texts.ts';
import type { EventRow } from '../../store/events.ts';
import { listMembersAt } from '../../store/room-state.ts';
import { RawJson } from '../raw-json.ts';
import { makeToken } from '../sync-token.ts';
import { plainText } from '../timeline/client-event.ts';
import { hidesWords, withoutWords } from '../timeline/erased-people.ts';
import type { ReadContext } from './read-context.ts';
import type { RoomMembership } from './streams/memberships.ts';
import type { RoomSummary } from './streams/summary.ts';

/**
 * Rooms as nearly all are in a first answer: no filter asks for a choice of events, all that is shown may be seen, and
 * nothing is told together with what relates to it. Their events go from the store into the answer as text, without
 * becoming anything in between; `room-part.ts` tells the same of all others.
 */
export interface PlainTimeline {
  /** Oldest first. */
  rows: readonly NewestEventRow[];
  isLimited: boolean;
  /** The position just before the first of them. */
  from: number;
  /** What a reader needs of the state; without members where it loads them lazily. */
  state: readonly EventTextRow[];
}

/** Whether an answer may have plain rooms. */
function takesPlainRooms({ request: { filter, since } }: ReadContext): boolean {
  const { timeline, state, format, eventFields } = filter;
  return since === undefined && timeline.isOpen && state.isOpen && format !== 'federation' && eventFields === undefined;
}

/** The timelines of those of these rooms that are plain. */
export async function readPlainTimelines(
  context: ReadContext,
  rooms: readonly RoomMembership[],
): Promise<Map<string, PlainTimeline>> {
  if (!takesPlainRooms(context)) return new Map();
  const { db, request, range } = context;
  const hidden = new Set(await listRoomsOfHiddenHistory(db, idsOf(rooms)));
  const open = rooms.filter(({ roomId }) => !hidden.has(roomId));
  const span = { upto: range.upto, limit: request.filter.timelineLimit };
  const newest = byRoom(await listNewestTexts(db, idsOf(open), { ...span, device: request.requester }));
  const plain = new Map<string, PlainTimeline>();
  for (const [roomId, rows] of newest) {
    if (rows.some(({ kind }) => kind === 'special')) continue;
    rows.sort((a, b) => a.position - b.position);
    const { start, position } = rows[0] as NewestEventRow;
    plain.set(roomId, { rows, isLimited: start > 0, from: start > 0 ? position - 1 : 0, state: [] });
  }
  await addState(context, plain);
  return plain;
}

/** The state at the start of the timelines, or after them, where the reader asked for that. */
async function addState({ db, request, range }: ReadContext, plain: Map<string, PlainTimeline>): Promise<void> {
  const isAfter = request.stateKey !== 'state';
  const roomIds = [...plain].filter(([, { isLimited }]) => isAfter || isLimited).map(([roomId]) => roomId);
  const span = { upto: range.upto, limit: request.filter.timelineLimit };
  const withMembers = !request.filter.lazyLoadMembers;
  const states = byRoom(await listStateTexts(db, roomIds, { ...span, isAfter, withMembers }));
  for (const [roomId, rows] of states) {
    rows.sort((a, b) => a.position - b.position);
    (plain.get(roomId) as PlainTimeline).state = rows;
  }
}

const idsOf = (rooms: readonly RoomMembership[]) => rooms.map(({ roomId }) => roomId);

/** Cheaper than Map.groupBy: rows of a room come one after another. */
function byRoom<Row extends { roomId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const grouped = new Map<string, Row[]>();
  let last: Row[] = [];
  for (const row of rows) {
    if (last[0]?.roomId !== row.roomId) {
      last = grouped.get(row.roomId) ?? [];
      grouped.set(row.roomId, last);
    }
    last.push(row);
  }
  return grouped;
}

interface PlainNews {
  roomId: string;
  timeline: PlainTimeline;
  membershipAt: (position: number) => Membership;
  summary: RoomSummary | undefined;
}

/** Summary, state and timeline of a plain room. */
export async function plainPart(context: ReadContext, news: PlainNews): Promise<Record<string, unknown>> {
  const { request } = context;
  const { timeline, membershipAt, summary } = news;
  const hides = hidesWords(context.erased, membershipAt);
  const shown = (row: NewestEventRow) => (hides?.(row) === true ? { ...row, json: withoutWords(row.json) } : row);
  const nowMs = context.now();
  const members = request.filter.lazyLoadMembers ? await wantedMembers(context, news) : [];
  const state = [...timeline.state, ...members].map((row) => plainText(row, { nowMs, membership: undefined }));
  const events = timeline.rows.map((row) => {
    const { transactionId, position } = row;
    return plainText(shown(row), { nowMs, transactionId, membership: membershipAt(position) });
  });
  return {
    ...(summary !== undefined && { summary }),
    [request.stateKey]: { events: listOf(state) },
    timeline: { events: listOf(events), limited: timeline.isLimited, prev_batch: makeToken(timeline.from) },
  };
}

const listOf = (texts: readonly string[]) => new RawJson(`[${texts.join(',')}]`);

/** The member events of senders, heroes, and the reader (specification, "Lazy-loading room members"). */
async function wantedMembers(context: ReadContext, news: PlainNews): Promise<EventRow[]> {
  const { db, request, range } = context;
  const { roomId, timeline, summary } = news;
  const senders = timeline.rows.map((row) => row.sender);
  const userIds = [...new Set([...senders, ...(summary?.['m.heroes'] ?? []), request.requester.userId])];
  const position = request.stateKey === 'state' ? timeline.from : range.upto;
  const members = position === 0 ? [] : await listMembersAt(db, roomId, { userIds, position });
  noteMembers(context, news, members);
  return members;
}

function noteMembers(
  { sentMembers, request, range }: ReadContext,
  { roomId, timeline }: PlainNews,
  members: readonly { stateKey: string | null; eventId: string }[],
): void {
  const note = (userId: string, eventId: string) =>
    sentMembers.note({ device: request.requester, roomId, userId, eventId }, range.upto);
  for (const { json, kind, stateKey } of timeline.rows)
    if (kind === 'member' && stateKey !== null) note(stateKey, JSON.parse(json).event_id);
  for (const { stateKey, eventId } of members) note(stateKey ?? '', eventId);
}
