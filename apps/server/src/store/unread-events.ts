import type { Queryable } from '@sotto/sql';

/** What push rules and unread counts look at of an event (a row of `events`). */
export interface UnreadEvent {
  position: number;
  roomId: string;
  type: string;
  sender: string;
  json: string;
  relType: string | null;
  relatesTo: string | null;
}

const columns = 'position, room_id AS roomId, type, sender, json, rel_type AS relType, relates_to AS relatesTo';
/** Own events never notify; redactions are seen in any case, for they take back what did. */
const notOwn = "(sender <> ? OR type = 'm.room.redaction') AND redacted_by IS NULL";
export const isNotOwn = ({ sender, type }: UnreadEvent, userId: string) =>
  sender !== userId || type === 'm.room.redaction';

interface Place {
  userId: string;
  roomId: string;
}

interface NewestOfRange {
  after: number;
  upto: number;
  limit: number;
}

/** The newest events of a room in `(after, upto]` for which a condition holds, newest first. */
function newestWhere(
  db: Queryable,
  { roomId, after, upto, limit }: NewestOfRange & { roomId: string },
  condition: { sql: string; params: readonly string[] },
): Promise<UnreadEvent[]> {
  return db.all<UnreadEvent>(
    `SELECT ${columns} FROM events WHERE room_id = ? AND position > ? AND position <= ? AND ${condition.sql}
     ORDER BY position DESC LIMIT ?`,
    ...[roomId, after, upto, ...condition.params, limit],
  );
}

/** The newest events of others in `(after, upto]`, newest first. */
export function listUnreadEvents(
  db: Queryable,
  { userId, roomId }: Place,
  range: NewestOfRange,
): Promise<UnreadEvent[]> {
  return newestWhere(db, { roomId, ...range }, { sql: notOwn, params: [userId] });
}

/** The same of everybody, which for all in the room is one reading. */
export function listUnredactedEvents(db: Queryable, roomId: string, range: NewestOfRange): Promise<UnreadEvent[]> {
  return newestWhere(db, { roomId, ...range }, { sql: 'redacted_by IS NULL', params: [] });
}

/**
 * The same as the first, of what may be in a thread alone: said there, or related to what was. Reactions and edits notify
 * nobody, and are many.
 */
export function listUnreadThreadEvents(
  db: Queryable,
  { userId, roomId }: Place,
  range: NewestOfRange,
): Promise<UnreadEvent[]> {
  const sql = `rel_type NOT IN ('m.annotation', 'm.replace') AND ${notOwn}`;
  return newestWhere(db, { roomId, ...range }, { sql, params: [userId] });
}

/** Where somebody joined a room, and how far they have read it: by thread, `''` being the whole room. */
export interface ReadMarks {
  joinedAt: number;
  byThread: Map<string, number>;
  /** The room's newest event, where it was asked for. */
  newest?: number;
}

/** Undefined for one who is not in the room. The receipt that is further ahead counts, public or private. */
export async function getReadMarks(db: Queryable, { userId, roomId }: Place): Promise<ReadMarks | undefined> {
  const rows = await db.all<{ joinedAt: number; threadId: string | null; position: number }>(
    `SELECT m.began_position AS joinedAt, r.thread_id AS threadId, r.event_position AS position
     FROM memberships m LEFT JOIN receipts r ON r.room_id = m.room_id AND r.user_id = m.user_id
       AND r.receipt_type IN ('m.read', 'm.read.private')
     WHERE m.user_id = ? AND m.room_id = ? AND m.membership = 'join'`,
    userId,
    roomId,
  );
  const [first] = rows;
  if (first === undefined) return undefined;
  const byThread = new Map<string, number>();
  for (const { threadId, position } of rows) {
    if (threadId !== null) byThread.set(threadId, Math.max(position, byThread.get(threadId) ?? 0));
  }
  return { joinedAt: first.joinedAt, byThread };
}

/** The same for all rooms that somebody is in, by room: two statements, whatever their number. */
export async function listReadMarks(db: Queryable, userId: string): Promise<Map<string, ReadMarks>> {
  const rooms = await db.all<{ roomId: string; joinedAt: number; newest: number }>(
    `SELECT m.room_id AS roomId, m.began_position AS joinedAt,
       (SELECT MAX(e.position) FROM events e WHERE e.room_id = m.room_id) AS newest
     FROM memberships m WHERE m.user_id = ? AND m.membership = 'join'`,
    userId,
  );
  const marks = new Map<string, ReadMarks>();
  for (const { roomId, joinedAt, newest } of rooms) marks.set(roomId, { joinedAt, newest, byThread: new Map() });
  // CROSS JOIN keeps SQLite going from the person's rooms to the receipts, which are kept by room.
  const receipts = await db.all<{ roomId: string; threadId: string; position: number }>(
    `SELECT r.room_id AS roomId, r.thread_id AS threadId, MAX(r.event_position) AS position
     FROM memberships m CROSS JOIN receipts r ON r.room_id = m.room_id AND r.user_id = m.user_id
     WHERE m.user_id = ? AND m.membership = 'join' AND r.receipt_type IN ('m.read', 'm.read.private')
     GROUP BY r.room_id, r.thread_id`,
    userId,
  );
  for (const { roomId, threadId, position } of receipts) marks.get(roomId)?.byThread.set(threadId, position);
  return marks;
}
