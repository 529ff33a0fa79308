import type { Queryable } from '@sotto/sql';

/** One change that an admin made. */
export interface AuditEntry {
  position: number;
  atMs: number;
  /** Null for a program that knows the shared secret. */
  actor: string | null;
  action: string;
  target: string;
  /** JSON text; never a secret. */
  details: string;
}

export async function insertAuditEntry(db: Queryable, entry: AuditEntry): Promise<void> {
  await db.run(
    'INSERT INTO audit_log (position, at_ms, actor, action, target, details) VALUES (?, ?, ?, ?, ?, ?)',
    entry.position,
    entry.atMs,
    entry.actor,
    entry.action,
    entry.target,
    entry.details,
  );
}

/** The newest first. */
export function listAuditEntries(
  db: Queryable,
  { before = Number.MAX_SAFE_INTEGER, limit }: { before?: number | undefined; limit: number },
): Promise<AuditEntry[]> {
  return db.all<AuditEntry>(
    `SELECT position, at_ms AS atMs, actor, action, target, details FROM audit_log
     WHERE position < ? ORDER BY position DESC LIMIT ?`,
    before,
    limit,
  );
}
