import type { Queryable } from '@sotto/sql';
import { addStoredBytes, extraBytes, type Stored } from './stored-bytes.ts';

export interface MediaRow {
  mediaId: string;
  /** Empty for what the server keeps for all. */
  userId: string;
  /** Hexadecimal; null while the place has not been filled. */
  sha256: string | null;
  byteSize: number;
  contentType: string;
  fileName: string | null;
  createdAtMs: number;
  /** When it is cleared away; null for what stays. */
  expiresAtMs: number | null;
  isQuarantined: number;
}

const columns = `media_id AS mediaId, user_id AS userId, sha256, byte_size AS byteSize, content_type AS contentType,
  file_name AS fileName, created_at_ms AS createdAtMs, expires_at_ms AS expiresAtMs, is_quarantined AS isQuarantined`;

export function getMedia(db: Queryable, mediaId: string): Promise<MediaRow | undefined> {
  return db.get<MediaRow>(`SELECT ${columns} FROM media WHERE media_id = ?`, mediaId);
}

/** What a person has uploaded, newest first. */
export function listMediaOf(
  db: Queryable,
  userId: string,
  { limit, before = Number.MAX_SAFE_INTEGER }: { limit: number; before?: number },
): Promise<MediaRow[]> {
  return db.all<MediaRow>(
    `SELECT ${columns} FROM media WHERE user_id = ? AND created_at_ms < ? AND sha256 IS NOT NULL
     ORDER BY created_at_ms DESC LIMIT ?`,
    userId,
    before,
    limit,
  );
}

/** Resolves with how much the person keeps now. */
export async function insertMedia(db: Queryable, media: MediaRow): Promise<Stored> {
  await db.run(
    `INSERT INTO media (media_id, user_id, sha256, byte_size, content_type, file_name, created_at_ms, expires_at_ms,
       is_quarantined) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    media.mediaId,
    media.userId,
    media.sha256,
    media.byteSize,
    media.contentType,
    media.fileName,
    media.createdAtMs,
    media.expiresAtMs,
    media.isQuarantined,
  );
  return addStoredBytes(db, { userId: media.userId, kind: 'media', bytes: media.byteSize + extraBytes.media });
}

/** Fills a place; resolves with how much the person keeps now. */
export async function fillMedia(
  db: Queryable,
  media: Pick<MediaRow, 'mediaId' | 'userId' | 'sha256' | 'byteSize' | 'contentType' | 'fileName' | 'isQuarantined'>,
): Promise<Stored> {
  await db.run(
    `UPDATE media SET sha256 = ?, byte_size = ?, content_type = ?, file_name = ?, is_quarantined = ?,
       expires_at_ms = NULL WHERE media_id = ?`,
    media.sha256,
    media.byteSize,
    media.contentType,
    media.fileName,
    media.isQuarantined,
    media.mediaId,
  );
  return addStoredBytes(db, { userId: media.userId, kind: 'media', bytes: media.byteSize });
}

/** How many places a person has asked for and not filled. */
export async function countEmptyPlaces(db: Queryable, userId: string, nowMs: number): Promise<number> {
  const row = await db.get<{ count: number }>(
    'SELECT COUNT(*) AS count FROM media WHERE user_id = ? AND sha256 IS NULL AND expires_at_ms > ?',
    userId,
    nowMs,
  );
  return row?.count ?? 0;
}

/** Whether files with these bytes are quarantined. */
export async function isHashQuarantined(db: Queryable, sha256: string): Promise<boolean> {
  return (
    (await db.get('SELECT 1 AS one FROM media WHERE sha256 = ? AND is_quarantined = 1 LIMIT 1', sha256)) !== undefined
  );
}

export async function setQuarantined(db: Queryable, sha256: string, isQuarantined: boolean): Promise<number> {
  return db.run('UPDATE media SET is_quarantined = ? WHERE sha256 = ?', isQuarantined ? 1 : 0, sha256);
}

/** Takes the row away; gives the hash of its bytes where it had some. */
export async function deleteMedia(db: Queryable, mediaId: string): Promise<string | undefined> {
  const row = await db.get<Pick<MediaRow, 'userId' | 'sha256' | 'byteSize'>>(
    'DELETE FROM media WHERE media_id = ? RETURNING user_id AS userId, sha256, byte_size AS byteSize',
    mediaId,
  );
  if (row === undefined) return undefined;
  await addStoredBytes(db, { userId: row.userId, kind: 'media', bytes: -row.byteSize - extraBytes.media });
  return row.sha256 ?? undefined;
}

export async function isHashUsed(db: Queryable, sha256: string): Promise<boolean> {
  return (await db.get('SELECT 1 AS one FROM media WHERE sha256 = ? LIMIT 1', sha256)) !== undefined;
}

export async function listExpiredMedia(db: Queryable, nowMs: number): Promise<string[]> {
  const rows = await db.all<{ mediaId: string }>(
    'SELECT media_id AS mediaId FROM media WHERE expires_at_ms <= ? LIMIT 1000',
    nowMs,
  );
  return rows.map((row) => row.mediaId);
}

/** How many files a person has uploaded, and how large they are together. */
export async function countMediaOf(db: Queryable, userId: string): Promise<{ count: number; bytes: number }> {
  const row = await db.get<{ count: number; bytes: number }>(
    'SELECT COUNT(*) AS count, COALESCE(SUM(byte_size), 0) AS bytes FROM media WHERE user_id = ? AND sha256 IS NOT NULL',
    userId,
  );
  return row ?? { count: 0, bytes: 0 };
}

/** Hashes of files that rows name, after this one, in order. */
export async function listFilesAfter(db: Queryable, after: string, limit: number): Promise<string[]> {
  const rows = await db.all<{ sha256: string }>(
    'SELECT DISTINCT sha256 FROM media WHERE sha256 > ? ORDER BY sha256 LIMIT ?',
    after,
    limit,
  );
  return rows.map((row) => row.sha256);
}
