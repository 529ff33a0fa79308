import type { Queryable } from '@sotto/sql';
import { addStoredBytes, extraBytes, forgetStoredBytes, type Stored } from './stored-bytes.ts';

/** A backup of room keys. `authData` is JSON text; `etag` counts its changes. */
export interface KeyBackup {
  version: number;
  algorithm: string;
  authData: string;
  isDeleted: number;
  etag: number;
  keyCount: number;
}

const columns = 'version, algorithm, auth_data AS authData, is_deleted AS isDeleted, etag, key_count AS keyCount';

export function getKeyBackup(db: Queryable, userId: string, version: number): Promise<KeyBackup | undefined> {
  return db.get<KeyBackup>(`SELECT ${columns} FROM key_backups WHERE user_id = ? AND version = ?`, userId, version);
}

/** The newest backup that is not deleted. */
export function getCurrentKeyBackup(db: Queryable, userId: string): Promise<KeyBackup | undefined> {
  return db.get<KeyBackup>(
    `SELECT ${columns} FROM key_backups WHERE user_id = ? AND is_deleted = 0 ORDER BY version DESC LIMIT 1`,
    userId,
  );
}

/** Adds a backup; resolves with its version, which is higher than any before, and how much the person keeps now. */
export async function insertKeyBackup(
  db: Queryable,
  userId: string,
  { algorithm, authData }: Pick<KeyBackup, 'algorithm' | 'authData'>,
): Promise<{ version: number; stored: Stored }> {
  const row = await db.get<{ version: number }>(
    `INSERT INTO key_backups (user_id, version, algorithm, auth_data)
     SELECT ?, COALESCE(MAX(version), 0) + 1, ?, ? FROM key_backups WHERE user_id = ? RETURNING version`,
    userId,
    algorithm,
    authData,
    userId,
  );
  const stored = await addStoredBytes(db, {
    userId,
    kind: 'key_backup',
    bytes: Buffer.byteLength(authData) + extraBytes.key_backup,
  });
  return { version: row?.version ?? 0, stored };
}

/** Resolves with how much the person keeps now. */
export async function setBackupAuthData(
  db: Queryable,
  userId: string,
  { version, authData }: Pick<KeyBackup, 'version' | 'authData'>,
): Promise<Stored> {
  const before = (await getKeyBackup(db, userId, version))?.authData ?? '';
  const bytes = Buffer.byteLength(authData) - Buffer.byteLength(before);
  await db.run('UPDATE key_backups SET auth_data = ? WHERE user_id = ? AND version = ?', authData, userId, version);
  return addStoredBytes(db, { userId, kind: 'key_backup', bytes });
}

export async function markBackupDeleted(db: Queryable, userId: string, version: number): Promise<void> {
  await setBackupAuthData(db, userId, { version, authData: '{}' });
  await db.run(
    'UPDATE key_backups SET is_deleted = 1, key_count = 0 WHERE user_id = ? AND version = ?',
    userId,
    version,
  );
}

/** Notes a change of a backup's keys: another etag, another number of keys. */
export async function changeBackup(
  db: Queryable,
  userId: string,
  { version, etag, keyCount }: Pick<KeyBackup, 'version' | 'etag' | 'keyCount'>,
): Promise<void> {
  await db.run(
    'UPDATE key_backups SET etag = ?, key_count = ? WHERE user_id = ? AND version = ?',
    etag,
    keyCount,
    userId,
    version,
  );
}

/** Deletes every backup of a person. */
export async function deleteKeyBackups(db: Queryable, userId: string): Promise<void> {
  await db.run('DELETE FROM backup_keys WHERE user_id = ?', userId);
  await db.run('DELETE FROM key_backups WHERE user_id = ?', userId);
  await forgetStoredBytes(db, userId, 'key_backup');
}
