import type { Queryable } from '@sotto/sql';
import { deleteAccountDataOfRoom } from './account-data.ts';
import { removeSearchableOfRoom } from './event-search.ts';

/** Tables whose rows belong to one room and go with it. What belongs to a person (key backups) or to a report stays. */
export const tablesOfRoom = [
  'events',
  'room_state',
  'memberships',
  'receipts',
  'account_data',
  'delayed_events',
  'thread_subscriptions',
  'invite_links',
  'room_aliases',
  'network_rooms',
  'room_removals',
  'rooms',
] as const;

/** Notes that a room is to go, and lets nobody see it in a list from now on. */
export async function putRoomRemoval(db: Queryable, roomId: string, purgeAtMs: number): Promise<void> {
  await db.run(
    `INSERT INTO room_removals (room_id, purge_at_ms) VALUES (?, ?)
     ON CONFLICT (room_id) DO UPDATE SET purge_at_ms = excluded.purge_at_ms`,
    roomId,
    purgeAtMs,
  );
  await db.run("UPDATE rooms SET visibility = 'private', is_open = 0 WHERE room_id = ?", roomId);
  await db.run('DELETE FROM network_rooms WHERE room_id = ?', roomId);
  await db.run('DELETE FROM room_aliases WHERE room_id = ?', roomId);
}

export function listRoomRemovals(db: Queryable): Promise<{ roomId: string; purgeAtMs: number }[]> {
  return db.all('SELECT room_id AS roomId, purge_at_ms AS purgeAtMs FROM room_removals ORDER BY purge_at_ms');
}

/** Takes away all that the server keeps of a room. */
export async function purgeRoom(db: Queryable, roomId: string): Promise<void> {
  await db.run(`DELETE FROM queued_pushes WHERE position IN (SELECT position FROM events WHERE room_id = ?)`, roomId);
  await db.run('DELETE FROM room_moves WHERE from_room_id = ? OR to_room_id = ?', roomId, roomId);
  await removeSearchableOfRoom(db, roomId);
  await deleteAccountDataOfRoom(db, roomId);
  for (const table of tablesOfRoom) await db.run(`DELETE FROM ${table} WHERE room_id = ?`, roomId);
}
