import type { Queryable } from '@sotto/sql';
import type { EventRow } from '../../../store/events.ts';
import { getStateAt, listStateAt, listStateChanges } from '../../../store/room-state.ts';
import type { RawJson } from '../../raw-json.ts';
import { strippedText } from '../../timeline/client-event.ts';
import type { TimelinePart } from './timeline.ts';

export interface StateRequest {
  roomId: string;
  userId: string;
  /** Where the reader's own knowledge of the state ends; undefined when it knows nothing of the room. */
  since: number | undefined;
  upto: number;
  timeline: TimelinePart | undefined;
  /** `state_after` (MSC4222): the state at the end of the timeline instead of at its start. */
  useStateAfter: boolean;
  lazyLoadMembers: boolean;
}

/** The state that a reader needs beside the timeline (specification, GET /sync, "Lazy-loading room members"). */
export async function stateFor(db: Queryable, request: StateRequest): Promise<EventRow[]> {
  const { roomId, since, upto, timeline, useStateAfter, lazyLoadMembers } = request;
  const at = useStateAfter ? upto : Math.min(upto, timeline?.from ?? upto);
  const rows = since === undefined ? await listStateAt(db, roomId, at) : await changesUpTo(db, roomId, { since, at });
  if (!lazyLoadMembers) return rows;
  return loadLazily(db, rows, request);
}

async function changesUpTo(
  db: Queryable,
  roomId: string,
  { since, at }: { since: number; at: number },
): Promise<EventRow[]> {
  return at <= since ? [] : listStateChanges(db, roomId, { since, upto: at });
}

/**
 * Of the member events only those that matter here: the reader's own, the senders of the timeline, and on later
 * answers whoever came or went meanwhile. May repeat what was told before, which the specification allows.
 */
async function loadLazily(db: Queryable, rows: EventRow[], request: StateRequest): Promise<EventRow[]> {
  const { roomId, userId, since, timeline, useStateAfter, upto } = request;
  const wanted = new Set((timeline?.rows ?? []).map((row) => row.sender));
  if (since === undefined) wanted.add(userId);
  const kept = rows.filter(
    (row) => row.type !== 'm.room.member' || since !== undefined || wanted.has(row.stateKey ?? ''),
  );
  const there = new Set(kept.filter((row) => row.type === 'm.room.member').map((row) => row.stateKey));
  const inTimeline = new Set(
    (timeline?.rows ?? []).filter((row) => row.type === 'm.room.member').map((row) => row.stateKey),
  );
  for (const sender of wanted) {
    if (there.has(sender) || (!useStateAfter && inTimeline.has(sender))) continue;
    const row = await getStateAt(db, { roomId, type: 'm.room.member', stateKey: sender, position: upto });
    if (row !== undefined) kept.push(row);
  }
  return kept;
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
  return [...rows, own].filter((row) => row !== undefined).map(strippedText);
}
