import { isUserId, MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { listMutualRooms } from '../../store/memberships.ts';

/** GET /mutual_rooms (specification v1.19, "Mutual Rooms"): in pages, of which the token is the last room. */
export type MutualRooms = (
  userId: string,
  otherId: string,
  from?: string,
) => Promise<{ joined: string[]; count: number; next_batch?: string }>;

const pageSize = 100;

export function createMutualRooms(db: Queryable): MutualRooms {
  return async (userId, otherId, from) => {
    if (!isUserId(otherId)) throw new MatrixError('M_INVALID_PARAM', 'This is no user id.');
    if (otherId === userId) throw new MatrixError('M_INVALID_PARAM', 'Ask for rooms in common with somebody else.');
    const after = from === undefined ? '' : Buffer.from(from, 'base64url').toString();
    if (from !== undefined && !after.startsWith('!'))
      throw new MatrixError('M_INVALID_PARAM', 'This token was not given out by this server.');
    const { roomIds, count } = await listMutualRooms(db, [userId, otherId], { after, limit: pageSize + 1 });
    const joined = roomIds.slice(0, pageSize);
    const last = joined.at(-1);
    const isMore = roomIds.length > pageSize && last !== undefined;
    return { joined, count, ...(isMore && { next_batch: Buffer.from(last).toString('base64url') }) };
  };
}
