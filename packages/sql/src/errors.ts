/** The storage could not do what was asked: disk full, disk broken, database locked. Nothing was acknowledged. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

/** The database can't be used as it is (corrupt, or written by a newer version). The message is for the operator. */
export class DatabaseRefusedError extends Error {
  override readonly name = 'DatabaseRefusedError';
}

/** Whether another process holds the database just now: nothing was done, and a moment later it may work. */
export function isLocked(error: unknown): boolean {
  const code = (error as { cause?: { errcode?: number } } | undefined)?.cause?.errcode;
  return error instanceof StorageError && code !== undefined && (code & 0xff) === sqliteBusy;
}

const sqliteBusy = 5;
const sqliteConstraint = 19;

/** Whether the error says that a UNIQUE or PRIMARY KEY constraint refused a row. */
export function isUniqueViolation(error: unknown): boolean {
  const code = (error as { errcode?: number } | undefined)?.errcode;
  // SQLITE_CONSTRAINT_UNIQUE (2067) and SQLITE_CONSTRAINT_PRIMARYKEY (1555) carry the primary code in the low byte.
  return code !== undefined && (code & 0xff) === sqliteConstraint && (code === 2067 || code === 1555);
}
