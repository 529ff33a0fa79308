import type { Queryable } from '@sotto/sql';
import { listRoomIdsOfUser } from '../../store/memberships.ts';
import type { UnreadCounts } from './unread-counts.ts';

/** How many messages somebody has not read, in all rooms together: what an app shows on its badge. */
export type CountBadge = (userId: string) => Promise<number>;

export function createCountBadge(parts: { db: Queryable; unread: UnreadCounts; newest: () => number }): CountBadge {
  const { db, unread, newest } = parts;
  return async (userId) => {
    const upto = newest();
    const count = await unread.forUser(userId, { allRooms: true });
    let sum = 0;
    for (const roomId of await listRoomIdsOfUser(db, userId, 'join')) {
      sum += (await count(roomId, upto)).total.notifications;
    }
    return sum;
  };
}
