import type { Queryable } from '@sotto/sql';

/** What somebody told the operator about an event, a room or a person. */
export interface Report {
  kind: 'event' | 'room' | 'user';
  reporter: string;
  roomId?: string;
  eventId?: string;
  userId?: string;
  reason: string;
  /** -100 (most offensive) to 0. */
  score?: number;
  createdAtMs: number;
}

export async function insertReport(db: Queryable, report: Report): Promise<void> {
  await db.run(
    `INSERT INTO reports (kind, reporter, room_id, event_id, user_id, reason, score, created_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    report.kind,
    report.reporter,
    report.roomId ?? null,
    report.eventId ?? null,
    report.userId ?? null,
    report.reason,
    report.score ?? null,
    report.createdAtMs,
  );
}

/** Newest first; before a report when one is given. */
export function listReports(
  db: Queryable,
  { before = Number.MAX_SAFE_INTEGER, limit }: { before?: number; limit: number },
): Promise<(Report & { reportId: number })[]> {
  return db.all(
    `SELECT report_id AS reportId, kind, reporter, room_id AS roomId, event_id AS eventId, user_id AS userId, reason,
       score, created_at_ms AS createdAtMs FROM reports WHERE report_id < ? ORDER BY report_id DESC LIMIT ?`,
    before,
    limit,
  );
}
