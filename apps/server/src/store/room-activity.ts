import type { Membership } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { inList, inTurns } from './in-list.ts';

/** A room of a person with what its place among the others depends on. */
export interface RoomActivity {
  roomId: string;
  membership: Membership;
  /** Position of the person's member event, and who sent it. */
  position: number;
  sender: string;
  /** Position from which on the membership has been this. */
  beganPosition: number;
  /** Position of the newest event of the room. */
  newest: number;
}

/** All rooms that a person has to do with and has not forgotten, in no order. */
export function listRoomActivity(db: Queryable, userId: string): Promise<RoomActivity[]> {
  return db.all<RoomActivity>(
    `SELECT m.room_id AS roomId, m.membership, m.position, own.sender, m.began_position AS beganPosition,
       (SELECT MAX(e.position) FROM events e WHERE e.room_id = m.room_id) AS newest
     FROM memberships m JOIN events own ON own.position = m.position WHERE m.user_id = ? AND m.is_forgotten = 0`,
    userId,
  );
}

/** The position of the newest event of each of these rooms. */
export async function listNewestOfRooms(db: Queryable, roomIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await inTurns(roomIds, ({ marks, values }) =>
    db.all<{ roomId: string; newest: number }>(
      `SELECT r.room_id AS roomId, (SELECT MAX(e.position) FROM events e WHERE e.room_id = r.room_id) AS newest
       FROM rooms r WHERE r.room_id IN ${marks}`,
      ...values,
    ),
  );
  return new Map(rows.map((row) => [row.roomId, row.newest]));
}

/** Rooms in which one of these was written in `(since, upto]`: state of these types, or a redaction of anything. */
export async function listRoomsOfChanges(
  db: Queryable,
  types: readonly string[],
  { since, upto }: { since: number; upto: number },
): Promise<string[]> {
  const { marks, values } = inList([...types, 'm.room.redaction']);
  const rows = await db.all<{ roomId: string }>(
    `SELECT DISTINCT room_id AS roomId FROM events WHERE position > ? AND position <= ? AND type IN ${marks}`,
    since,
    upto,
    ...values,
  );
  return rows.map((row) => row.roomId);
}

/** The position of the newest event of one of these types at or before a position. */
export async function newestOfTypes(
  db: Queryable,
  roomId: string,
  { types, upto }: { types: readonly string[]; upto: number },
): Promise<number | undefined> {
  const { marks, values } = inList(types);
  const row = await db.get<{ position: number }>(
    `SELECT position FROM events WHERE room_id = ? AND position <= ? AND type IN ${marks} ORDER BY position DESC LIMIT 1`,
    roomId,
    upto,
    ...values,
  );
  return row?.position;
}
