import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { getMembership } from '../../store/memberships.ts';
import { getCurrentState } from '../../store/room-state.ts';
import { type OwnHistory, openEnd, readHistory } from './visibility.ts';

const notInRoom = () => new MatrixError('M_FORBIDDEN', 'You are not in this room.');

/**
 * What of a room's timeline this person may read.
 * @throws MatrixError M_FORBIDDEN, in the same words for a room that does not exist
 */
export async function readableHistory(db: Queryable, userId: string, roomId: string): Promise<OwnHistory> {
  const history = await readHistory(db, userId, roomId);
  const wasMember = history.lastJoinEnd !== -1 && (await getMembership(db, userId, roomId))?.isForgotten === 0;
  if (!wasMember && (history.ranges.length === 0 || !(await isWorldReadable(db, roomId)))) throw notInRoom();
  return history;
}

/**
 * Up to which position this person may read the room's state: without end for those in it (and for everyone where it
 * is world-readable), until they left for those who left.
 * @throws MatrixError M_FORBIDDEN
 */
export async function readableStatePosition(db: Queryable, userId: string, roomId: string): Promise<number> {
  const row = await getMembership(db, userId, roomId);
  if (row?.membership === 'join' || (await isWorldReadable(db, roomId))) return openEnd;
  const { lastJoinEnd } = await readHistory(db, userId, roomId);
  // Never in, or forgotten: nothing to see but the refusal.
  if (lastJoinEnd === -1 || row?.isForgotten !== 0) throw notInRoom();
  return lastJoinEnd;
}

export async function isWorldReadable(db: Queryable, roomId: string): Promise<boolean> {
  const row = await getCurrentState(db, { roomId, type: 'm.room.history_visibility', stateKey: '' });
  return row !== undefined && JSON.parse(row.json).content.history_visibility === 'world_readable';
}
