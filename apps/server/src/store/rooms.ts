import type { Queryable } from '@sotto/sql';
import { inTurns } from './in-list.ts';

export interface RoomRow {
  roomId: string;
  version: string;
  creator: string;
  visibility: 'private' | 'public';
  joinedCount: number;
  invitedCount: number;
  createdPosition: number;
}

export function getRoom(db: Queryable, roomId: string): Promise<RoomRow | undefined> {
  return db.get<RoomRow>(
    `SELECT room_id AS roomId, version, creator, visibility, joined_count AS joinedCount, invited_count AS invitedCount,
       created_position AS createdPosition
     FROM rooms WHERE room_id = ?`,
    roomId,
  );
}

/** These rooms, as far as they are here. */
export function listRooms(db: Queryable, roomIds: readonly string[]): Promise<RoomRow[]> {
  return inTurns(roomIds, ({ marks, values }) =>
    db.all<RoomRow>(
      `SELECT room_id AS roomId, version, creator, visibility, joined_count AS joinedCount, invited_count AS invitedCount,
       created_position AS createdPosition
       FROM rooms WHERE room_id IN ${marks}`,
      ...values,
    ),
  );
}

export async function insertRoom(
  db: Queryable,
  room: Pick<RoomRow, 'roomId' | 'version' | 'creator' | 'createdPosition'>,
): Promise<void> {
  await db.run(
    'INSERT INTO rooms (room_id, version, creator, created_position) VALUES (?, ?, ?, ?)',
    room.roomId,
    room.version,
    room.creator,
    room.createdPosition,
  );
}

export async function setRoomVisibility(
  db: Queryable,
  roomId: string,
  visibility: RoomRow['visibility'],
): Promise<void> {
  await db.run('UPDATE rooms SET visibility = ? WHERE room_id = ?', visibility, roomId);
}

/** Keeps the counts of members, so that no answer has to count. */
export async function addToMemberCounts(
  db: Queryable,
  roomId: string,
  change: { joined: number; invited: number },
): Promise<void> {
  await db.run(
    'UPDATE rooms SET joined_count = joined_count + ?, invited_count = invited_count + ? WHERE room_id = ?',
    change.joined,
    change.invited,
    roomId,
  );
}

/** Notes whether anyone may join a room or read it. */
export async function setRoomOpen(db: Queryable, roomId: string, isOpen: boolean): Promise<void> {
  await db.run('UPDATE rooms SET is_open = ? WHERE room_id = ?', isOpen ? 1 : 0, roomId);
}

/** Notes that a room was made as a direct chat. */
export async function setRoomDirect(db: Queryable, roomId: string): Promise<void> {
  await db.run('UPDATE rooms SET is_direct = 1 WHERE room_id = ?', roomId);
}

export async function isRoomDirect(db: Queryable, roomId: string): Promise<boolean> {
  const row = await db.get<{ isDirect: number }>('SELECT is_direct AS isDirect FROM rooms WHERE room_id = ?', roomId);
  return row?.isDirect === 1;
}
