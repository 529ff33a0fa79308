import type { Queryable } from '@sotto/sql';
import { addStoredBytes, extraBytes } from './stored-bytes.ts';

/** Which keys of a backup: all, those of a room, or the one of a session. */
export interface BackupPlace {
  userId: string;
  version: number;
  roomId?: string | undefined;
  sessionId?: string | undefined;
}

/** How good a key is: which of two is kept is decided by this. */
export interface KeyQuality {
  isVerified: number;
  firstMessageIndex: number;
  forwardedCount: number;
}

/** A room key, encrypted. `json` is what the client stored. */
export interface BackupKey extends KeyQuality {
  roomId: string;
  sessionId: string;
  json: string;
}

function where({ userId, version, roomId, sessionId }: BackupPlace): { sql: string; params: (string | number)[] } {
  const params: (string | number)[] = [userId, version];
  let sql = 'user_id = ? AND version = ?';
  if (roomId !== undefined) {
    sql += ' AND room_id = ?';
    params.push(roomId);
  }
  if (sessionId !== undefined) {
    sql += ' AND session_id = ?';
    params.push(sessionId);
  }
  return { sql, params };
}

/** Where a part of the list begins, after this key, and how long it is at most. */
export interface KeySlice {
  after?: Pick<BackupKey, 'roomId' | 'sessionId'> | undefined;
  limit: number;
}

/** In the order of rooms and sessions; all, unless a slice is asked for. */
export function listBackupKeys(
  db: Queryable,
  place: BackupPlace,
  slice?: KeySlice,
): Promise<Pick<BackupKey, 'roomId' | 'sessionId' | 'json'>[]> {
  const { sql, params } = where(place);
  const after = slice?.after;
  return db.all(
    `SELECT room_id AS roomId, session_id AS sessionId, json FROM backup_keys WHERE ${sql}
     ${after ? 'AND (room_id, session_id) > (?, ?)' : ''} ORDER BY room_id, session_id ${slice ? 'LIMIT ?' : ''}`,
    ...params,
    ...(after ? [after.roomId, after.sessionId] : []),
    ...(slice ? [slice.limit] : []),
  );
}

/** How good the key is that is there, and how many bytes it has. */
export function getKeyQuality(
  db: Queryable,
  { userId, version }: Pick<BackupPlace, 'userId' | 'version'>,
  { roomId, sessionId }: Pick<BackupKey, 'roomId' | 'sessionId'>,
): Promise<(KeyQuality & { bytes: number }) | undefined> {
  return db.get(
    `SELECT is_verified AS isVerified, first_message_index AS firstMessageIndex, forwarded_count AS forwardedCount,
       octet_length(json) AS bytes FROM backup_keys WHERE user_id = ? AND version = ? AND room_id = ? AND session_id = ?`,
    userId,
    version,
    roomId,
    sessionId,
  );
}

/** What it adds to what the person keeps is noted by whoever puts many of them. */
export async function putBackupKey(
  db: Queryable,
  { userId, version }: Pick<BackupPlace, 'userId' | 'version'>,
  key: BackupKey,
): Promise<void> {
  await db.run(
    `INSERT INTO backup_keys (user_id, version, room_id, session_id, is_verified, first_message_index, forwarded_count, json)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (user_id, version, room_id, session_id) DO UPDATE SET is_verified = excluded.is_verified,
       first_message_index = excluded.first_message_index, forwarded_count = excluded.forwarded_count, json = excluded.json`,
    userId,
    version,
    key.roomId,
    key.sessionId,
    key.isVerified,
    key.firstMessageIndex,
    key.forwardedCount,
    key.json,
  );
}

/** Resolves with how many there were. */
export async function deleteBackupKeys(db: Queryable, place: BackupPlace): Promise<number> {
  const { sql, params } = where(place);
  const row = await db.get<{ bytes: number | null }>(
    `SELECT SUM(octet_length(json) + ${extraBytes.key_backup}) AS bytes FROM backup_keys WHERE ${sql}`,
    ...params,
  );
  await addStoredBytes(db, { userId: place.userId, kind: 'key_backup', bytes: -(row?.bytes ?? 0) });
  return db.run(`DELETE FROM backup_keys WHERE ${sql}`, ...params);
}
