import type { Queryable } from '@sotto/sql';

/** A name that leads to a room. `creator` is who gave it. */
export interface RoomAliasRow {
  alias: string;
  roomId: string;
  creator: string;
}

export function getRoomAlias(db: Queryable, alias: string): Promise<RoomAliasRow | undefined> {
  return db.get<RoomAliasRow>('SELECT alias, room_id AS roomId, creator FROM room_aliases WHERE alias = ?', alias);
}

export async function insertRoomAlias(db: Queryable, row: RoomAliasRow): Promise<void> {
  await db.run(
    'INSERT INTO room_aliases (alias, room_id, creator) VALUES (?, ?, ?)',
    row.alias,
    row.roomId,
    row.creator,
  );
}

export async function deleteRoomAlias(db: Queryable, alias: string): Promise<void> {
  await db.run('DELETE FROM room_aliases WHERE alias = ?', alias);
}

export async function listAliasesOfRoom(db: Queryable, roomId: string): Promise<string[]> {
  const rows = await db.all<{ alias: string }>(
    'SELECT alias FROM room_aliases WHERE room_id = ? ORDER BY alias',
    roomId,
  );
  return rows.map((row) => row.alias);
}

/** All names of one room lead to another from now on. */
export async function moveRoomAliases(db: Queryable, fromRoomId: string, toRoomId: string): Promise<void> {
  await db.run('UPDATE room_aliases SET room_id = ? WHERE room_id = ?', toRoomId, fromRoomId);
}
