import type { Queryable } from '@sotto/sql';
import { listHeroes } from '../../../store/memberships.ts';
import { getRoom } from '../../../store/rooms.ts';

/** `summary` of a room: counts, and the names to call it by when it has none (specification, GET /sync). */
export interface RoomSummary {
  'm.heroes'?: string[];
  'm.joined_member_count': number;
  'm.invited_member_count': number;
}

export async function summaryOf(db: Queryable, roomId: string, userId: string): Promise<RoomSummary | undefined> {
  const room = await getRoom(db, roomId);
  if (room === undefined) return undefined;
  return {
    'm.heroes': await listHeroes(db, roomId, userId),
    'm.joined_member_count': room.joinedCount,
    'm.invited_member_count': room.invitedCount,
  };
}
