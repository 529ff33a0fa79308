import type { HistoryVisibility, Membership } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { listStateHistories, type StateChange } from '../../store/room-state.ts';

/** Positions from `from` to `upto`, both included. */
export interface PositionRange {
  from: number;
  upto: number;
}

/** The end of a range that is still open. */
export const openEnd = Number.MAX_SAFE_INTEGER;

/** A person's own history in a room. */
export interface OwnHistory {
  /** What may be read, oldest first. */
  ranges: PositionRange[];
  /** Where the person stood at an event, their own member events being the first of what they bring (MSC4115). */
  membershipAt(position: number): Membership;
  /** Position of the event that ended the last time of being joined; `openEnd` while joined, -1 when never. */
  lastJoinEnd: number;
}

/** `readHistories` for one room, as it is now. */
export async function readHistory(db: Queryable, userId: string, roomId: string): Promise<OwnHistory> {
  return (await readHistories(db, userId, { roomIds: [roomId] })).get(roomId) ?? historyOf([], []);
}

/**
 * Which part of the history of rooms a person may read (specification, "Room history visibility"), for any number of
 * rooms in two queries. An event at which the membership or the visibility changes can be read when either side of it
 * can. Every room that was asked for has an entry. `upto`: as it was just after this position.
 */
export async function readHistories(
  db: Queryable,
  userId: string,
  { roomIds, upto = openEnd }: { roomIds: readonly string[]; upto?: number },
): Promise<Map<string, OwnHistory>> {
  const read = async (place: { type: string; stateKey: string }) => {
    const changes = await listStateHistories(db, roomIds, place);
    return Map.groupBy(
      changes.filter((each) => each.position <= upto),
      (each) => each.roomId,
    );
  };
  const ownByRoom = await read({ type: 'm.room.member', stateKey: userId });
  const visibilityByRoom = await read({ type: 'm.room.history_visibility', stateKey: '' });
  return new Map(
    roomIds.map((roomId) => [roomId, historyOf(ownByRoom.get(roomId) ?? [], visibilityByRoom.get(roomId) ?? [])]),
  );
}

type Change = Pick<StateChange, 'position' | 'value'>;

function historyOf(memberships: readonly Change[], visibilities: readonly Change[]): OwnHistory {
  return {
    ranges: rangesOf(memberships, visibilities),
    membershipAt: (position) =>
      (memberships.findLast((each) => each.position <= position)?.value as Membership | undefined) ?? 'leave',
    lastJoinEnd: endOfLastJoin(memberships),
  };
}

/** The pure part: two histories, oldest first, into ranges, oldest first and not touching. */
export function rangesOf(memberships: readonly Change[], visibilities: readonly Change[]): PositionRange[] {
  const changes = [
    ...memberships.map(({ position, value }) => ({ position, membership: value as Membership | null })),
    ...visibilities.map(({ position, value }) => ({ position, visibility: value as HistoryVisibility | null })),
  ].sort((a, b) => a.position - b.position);
  const lastJoinEnd = endOfLastJoin(memberships);
  const ranges: PositionRange[] = [];
  let membership: Membership = 'leave';
  let visibility: HistoryVisibility = 'shared';
  let from = 0;
  const close = (upto: number) => {
    const readable = readableUpto({ membership, visibility, upto, lastJoinEnd });
    if (readable >= from) addRange(ranges, { from, upto: readable });
  };
  for (const change of changes) {
    close(change.position);
    if ('membership' in change) membership = change.membership ?? 'leave';
    else visibility = change.visibility ?? 'shared';
    from = change.position;
  }
  close(openEnd);
  return ranges;
}

function endOfLastJoin(memberships: readonly Change[]): number {
  const last = memberships.findLastIndex((each) => each.value === 'join');
  return last === -1 ? -1 : (memberships[last + 1]?.position ?? openEnd);
}

/** How far a stretch in which nothing changed can be read; -1 when not at all. */
function readableUpto(stretch: {
  membership: Membership;
  visibility: HistoryVisibility;
  upto: number;
  lastJoinEnd: number;
}): number {
  const { membership, visibility, upto, lastJoinEnd } = stretch;
  if (visibility === 'world_readable' || membership === 'join') return upto;
  if (visibility === 'invited' && membership === 'invite') return upto;
  if (visibility === 'shared') return Math.min(upto, lastJoinEnd);
  return -1;
}

function addRange(ranges: PositionRange[], range: PositionRange): void {
  const last = ranges.at(-1);
  if (last !== undefined && last.upto + 1 >= range.from) last.upto = Math.max(last.upto, range.upto);
  else ranges.push(range);
}

/**
 * Of these, what lies up to `end`, where a person's last stay in the room ended, and beyond it nothing but their own member event
 * in force, at `own`.
 */
export function rangesOfStay(
  ranges: readonly PositionRange[],
  { end, own }: { end: number; own: number },
): PositionRange[] {
  const readable = ranges
    .filter(({ from }) => from <= end)
    .map(({ from, upto }) => ({ from, upto: Math.min(upto, end) }));
  return own > end ? [...readable, { from: own, upto: own }] : readable;
}

export function isReadable(ranges: readonly PositionRange[], position: number): boolean {
  return ranges.some((range) => range.from <= position && position <= range.upto);
}
