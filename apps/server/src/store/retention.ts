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

/** Positions of events that are no state and were sent before a time, oldest first. */
export async function listMessagesBefore(
  db: Queryable,
  roomId: string,
  { beforeMs, limit }: { beforeMs: number; limit: number },
): Promise<number[]> {
  const rows = await db.all<{ position: number }>(
    `SELECT position FROM events WHERE room_id = ? AND origin_server_ts <= ? AND state_key IS NULL
     ORDER BY origin_server_ts, position LIMIT ?`,
    roomId,
    beforeMs,
    limit,
  );
  return rows.map((row) => row.position);
}

/** When the oldest event of a room that is no state was sent. */
export async function oldestMessageMs(db: Queryable, roomId: string): Promise<number | undefined> {
  const row = await db.get<{ ts: number }>(
    `SELECT origin_server_ts AS ts FROM events WHERE room_id = ? AND state_key IS NULL
     ORDER BY origin_server_ts, position LIMIT 1`,
    roomId,
  );
  return row?.ts;
}
