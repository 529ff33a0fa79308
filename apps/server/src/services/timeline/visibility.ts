import type { HistoryVisibility, Membership } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { listStateHistory, type StateChange } from '../../store/room-state.ts';

/** Positions from `from` to `upto`, both included. */
export interface PositionRange {
  from: number;
  upto: number;
}

/** The end of a range that is still open. */
export const openEnd = Number.MAX_SAFE_INTEGER;

/**
 * Which part of a room's history a person may read (specification, "Room history visibility"). An event at which
 * the membership or the visibility changes can be read when either side of it can.
 */
export async function readableRanges(db: Queryable, userId: string, roomId: string): Promise<PositionRange[]> {
  const memberships = await listStateHistory(db, { roomId, type: 'm.room.member', stateKey: userId });
  const visibilities = await listStateHistory(db, { roomId, type: 'm.room.history_visibility', stateKey: '' });
  return rangesOf(memberships, visibilities);
}

/** The pure part: two histories, oldest first, into ranges, oldest first and not touching. */
export function rangesOf(memberships: readonly StateChange[], visibilities: readonly StateChange[]): PositionRange[] {
  const changes = [
    ...memberships.map((each) => ({ position: each.position, membership: each.value as Membership | undefined })),
    ...visibilities.map((each) => ({
      position: each.position,
      visibility: each.value as HistoryVisibility | undefined,
    })),
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

function endOfLastJoin(memberships: readonly StateChange[]): number {
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

export function isReadable(ranges: readonly PositionRange[], position: number): boolean {
  return ranges.some((range) => range.from <= position && position <= range.upto);
}
