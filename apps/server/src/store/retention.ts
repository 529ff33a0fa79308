import type { Queryable } from '@sotto/sql';

/** Rooms that have a retention policy of their own. */
export async function listRoomsWithRetention(db: Queryable): Promise<string[]> {
  const rows = await db.all<{ roomId: string }>(
    `SELECT room_id AS roomId FROM room_state WHERE type = 'm.room.retention' AND replaced_at IS NULL`,
  );
  return rows.map((row) => row.roomId);
}

/** Rooms by id, after one of them. */
export async function listRoomIdsAfter(db: Queryable, after: string, limit: number): Promise<string[]> {
  const rows = await db.all<{ roomId: string }>(
    'SELECT room_id AS roomId FROM rooms WHERE room_id > ? ORDER BY room_id LIMIT ?',
    after,
    limit,
  );
  return rows.map((row) => row.roomId);
}
