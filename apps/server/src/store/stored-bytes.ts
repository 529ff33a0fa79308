import type { Queryable } from '@sotto/sql';

/** What is counted in bytes: files, account data with filters, key backups. */
export type StoredKind = 'media' | 'account_data' | 'key_backup';

/** What each counts beside its own bytes: its row and indexes, a file's block on the disk. */
export const extraBytes = { media: 4096, account_data: 256, key_backup: 256 } as const satisfies Record<
  StoredKind,
  number
>;

/** What a person has of one kind after a change. */
export interface Stored {
  userId: string;
  kind: StoredKind;
  bytes: number;
  /** Whether the change made it more. */
  isMore: boolean;
}

/** Notes that a person keeps more, or by a negative number less; written in the unit that does so. */
export async function addStoredBytes(db: Queryable, { userId, kind, bytes }: Omit<Stored, 'isMore'>): Promise<Stored> {
  const row = await db.get<{ bytes: number }>(
    `INSERT INTO stored_bytes (user_id, kind, bytes) VALUES (?, ?, ?)
     ON CONFLICT (user_id, kind) DO UPDATE SET bytes = stored_bytes.bytes + excluded.bytes RETURNING bytes`,
    userId,
    kind,
    bytes,
  );
  return { userId, kind, bytes: row?.bytes ?? 0, isMore: bytes > 0 };
}

export async function getStoredBytes(db: Queryable, userId: string, kind: StoredKind): Promise<number> {
  const row = await db.get<{ bytes: number }>(
    'SELECT bytes FROM stored_bytes WHERE user_id = ? AND kind = ?',
    userId,
    kind,
  );
  return row?.bytes ?? 0;
}

/** Notes that nothing of a kind is left. */
export async function forgetStoredBytes(db: Queryable, userId: string, kind: StoredKind): Promise<void> {
  await db.run('DELETE FROM stored_bytes WHERE user_id = ? AND kind = ?', userId, kind);
}
