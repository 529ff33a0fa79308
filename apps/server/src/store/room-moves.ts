import type { Membership } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';

/** The members of one room are to be let into another, by `sender`. */
export interface RoomMove {
  fromRoomId: string;
  toRoomId: string;
  sender: string;
}

export async function insertRoomMove(db: Queryable, { fromRoomId, toRoomId, sender }: RoomMove): Promise<void> {
  await db.run(
    'INSERT INTO room_moves (to_room_id, from_room_id, sender) VALUES (?, ?, ?)',
    toRoomId,
    fromRoomId,
    sender,
  );
}

export async function deleteRoomMove(db: Queryable, toRoomId: string): Promise<void> {
  await db.run('DELETE FROM room_moves WHERE to_room_id = ?', toRoomId);
}

export function listRoomMoves(db: Queryable): Promise<RoomMove[]> {
  return db.all<RoomMove>('SELECT from_room_id AS fromRoomId, to_room_id AS toRoomId, sender FROM room_moves');
}

/** Who is joined or invited to the one room and has never had to do with the other. */
export function listStillToMove(
  db: Queryable,
  { fromRoomId, toRoomId }: RoomMove,
  limit: number,
): Promise<{ userId: string; membership: Membership }[]> {
  return db.all(
    `SELECT a.user_id AS userId, a.membership FROM memberships a
     LEFT JOIN memberships b ON b.user_id = a.user_id AND b.room_id = ?
     WHERE a.room_id = ? AND a.membership IN ('join', 'invite') AND b.user_id IS NULL ORDER BY a.position LIMIT ?`,
    toRoomId,
    fromRoomId,
    limit,
  );
}
