import type { Queryable } from '@sotto/sql';

/** What outlives a restart of somebody's presence. */
export interface PresenceRow {
  userId: string;
  statusMsg: string | null;
  lastActiveAtMs: number | null;
}

export async function putPresence(db: Queryable, { userId, statusMsg, lastActiveAtMs }: PresenceRow): Promise<void> {
  await db.run(
    `INSERT INTO presence (user_id, status_msg, last_active_at_ms) VALUES (?, ?, ?)
     ON CONFLICT (user_id) DO UPDATE SET status_msg = excluded.status_msg, last_active_at_ms = excluded.last_active_at_ms`,
    userId,
    statusMsg,
    lastActiveAtMs,
  );
}

export function getPresence(db: Queryable, userId: string): Promise<PresenceRow | undefined> {
  return db.get<PresenceRow>(
    'SELECT user_id AS userId, status_msg AS statusMsg, last_active_at_ms AS lastActiveAtMs FROM presence WHERE user_id = ?',
    userId,
  );
}

export async function deletePresence(db: Queryable, userId: string): Promise<void> {
  await db.run('DELETE FROM presence WHERE user_id = ?', userId);
}
