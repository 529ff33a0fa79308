import type { Queryable } from '@sotto/sql';
import type { EventRow } from '../../../store/events.ts';
import {
  getStateAt,
  listMembersAt,
  listStateAt,
  listStateChanges,
  listStateOfTypesAt,
} from '../../../store/room-state.ts';
import type { RawJson } from '../../raw-json.ts';
import type { ShareInTurn } from '../../share-in-turn.ts';
import { strippedText } from '../../timeline/client-event.ts';
import type { TimelinePart } from './timeline.ts';

export interface StateRequest {
  roomId: string;
  /** Where the reader's own knowledge of the state ends; undefined when it knows nothing of the room. */
  since: number | undefined;
  upto: number;
  timeline: TimelinePart | undefined;
  /** Whether the timeline is all that was written in `(from, upto]`: then no state is missing from it. */
  isWhole: boolean;
  /** `state_after` (MSC4222): the state at the end of the timeline instead of at its start. */
  useStateAfter: boolean;
  /** Member events that are wanted in any case; all, when undefined (specification, "Lazy-loading room members"). */
  members: ReadonlySet<string> | undefined;
  /** Member events set after this position are wanted too: the reader may remember those before. */
  membersSince?: number | undefined;
  share: ShareInTurn<EventRow[]>;
}

/**
 * The state that a reader needs beside the timeline: what changed up to its start, and what changed since without
 * being in it (a filter took it out, or it was written where the reader couldn't look), so that state and timeline
 * together lead to the state at the end.
 */
export async function stateFor(db: Queryable, request: StateRequest): Promise<EventRow[]> {
  const { since, upto, timeline, useStateAfter, members, membersSince = upto } = request;
  const at = useStateAfter ? upto : Math.min(upto, timeline?.from ?? upto);
  const rows = await stateUpTo(db, request, at);
  if (!useStateAfter && !request.isWhole && at < upto) rows.push(...(await notInTimeline(db, request, at)));
  if (members === undefined) return rows;
  // Who comes and goes in a gap is told to everyone; at first only those who matter are.
  const isWanted = (row: EventRow) =>
    row.type !== 'm.room.member' || members.has(row.stateKey ?? '') || row.position > membersSince;
  const kept = since === undefined ? rows.filter(isWanted) : rows;
  const there = new Set(kept.filter((row) => row.type === 'm.room.member').map((row) => row.stateKey));
  const missing = [...members].filter((userId) => !there.has(userId));
  if (missing.length > 0) kept.push(...(await membersAt(db, request, { userIds: missing, position: at })));
  return kept;
}

/** The same senders are looked up for all whom one message wakes. */
function membersAt(
  db: Queryable,
  { roomId, share }: StateRequest,
  place: { userIds: readonly string[]; position: number },
): Promise<EventRow[]> {
  const key = `members ${roomId} ${place.position} ${place.userIds.join(' ')}`;
  return share(key, () => listMembersAt(db, roomId, place));
}

async function stateUpTo(
  db: Queryable,
  { roomId, since, members, membersSince }: StateRequest,
  at: number,
): Promise<EventRow[]> {
  if (since !== undefined) return at <= since ? [] : listStateChanges(db, roomId, { since, upto: at });
  // The few members that are wanted are read by name: a large room has thousands.
  const isLazy = members !== undefined && membersSince === undefined;
  return isLazy ? listStateOfTypesAt(db, roomId, { types: undefined, position: at }) : listStateAt(db, roomId, at);
}

async function notInTimeline(
  db: Queryable,
  { roomId, upto, timeline }: StateRequest,
  start: number,
): Promise<EventRow[]> {
  const shown = new Set((timeline?.rows ?? []).map((row) => row.position));
  const changed = await listStateChanges(db, roomId, { since: start, upto });
  return changed.filter((row) => !shown.has(row.position));
}

const strippedTypes = [
  'm.room.create',
  'm.room.name',
  'm.room.avatar',
  'm.room.topic',
  'm.room.join_rules',
  'm.room.canonical_alias',
  'm.room.encryption',
];

/** What someone invited or knocking is shown of a room (specification, "Stripped state"). */
export async function strippedState(
  db: Queryable,
  { roomId, userId, position }: { roomId: string; userId: string; position: number },
): Promise<RawJson[]> {
  const own = await getStateAt(db, { roomId, type: 'm.room.member', stateKey: userId, position });
  const rows: (EventRow | undefined)[] = [];
  for (const type of strippedTypes) rows.push(await getStateAt(db, { roomId, type, stateKey: '', position }));
  if (own !== undefined && own.sender !== userId) {
    rows.push(await getStateAt(db, { roomId, type: 'm.room.member', stateKey: own.sender, position }));
  }
  return [...rows, own].filter((row) => row !== undefined).map((row) => strippedText(row, row === own));
}
