import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { getMembership } from '../../store/memberships.ts';
import { getCurrentState } from '../../store/room-state.ts';
import { openEnd, type PositionRange, readableRanges } from './visibility.ts';

const notInRoom = () => new MatrixError('M_FORBIDDEN', 'You are not in this room.');

/**
 * What of a room's timeline this person may read.
 * @throws MatrixError M_FORBIDDEN, in the same words for a room that does not exist
 */
export async function readableTimeline(db: Queryable, userId: string, roomId: string): Promise<PositionRange[]> {
  const ranges = await readableRanges(db, userId, roomId);
  const row = await getMembership(db, userId, roomId);
  const isForgotten = row?.isForgotten === 1;
  const isMember = row !== undefined && !isForgotten && row.membership !== 'invite' && row.membership !== 'knock';
  if (!isMember && (ranges.length === 0 || (await isWorldReadable(db, roomId)) === false)) throw notInRoom();
  return ranges;
}

/**
 * Up to which position this person may read the room's state: without end for those in it (and for everyone where it
 * is world-readable), until they left for those who left.
 * @throws MatrixError M_FORBIDDEN
 */
export async function readableStatePosition(db: Queryable, userId: string, roomId: string): Promise<number> {
  const row = await getMembership(db, userId, roomId);
  if (row?.membership === 'join' || (await isWorldReadable(db, roomId))) return openEnd;
  if (row === undefined || row.isForgotten === 1) throw notInRoom();
  if (row.membership === 'invite' || row.membership === 'knock') throw notInRoom();
  const ranges = await readableRanges(db, userId, roomId);
  const last = ranges.at(-1);
  // Banned or withdrawn before ever being in: nothing to see but the refusal.
  if (last === undefined) throw notInRoom();
  return Math.min(last.upto, row.position);
}

export async function isWorldReadable(db: Queryable, roomId: string): Promise<boolean> {
  const row = await getCurrentState(db, { roomId, type: 'm.room.history_visibility', stateKey: '' });
  return row !== undefined && JSON.parse(row.json).content.history_visibility === 'world_readable';
}
