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

interface Place {
  userId: string;
  roomId: string;
}

interface NewestOfRange {
  after: number;
  upto: number;
  limit: number;
}

/** The newest events of others in `(after, upto]`, newest first. */
export function listUnreadEvents(
  db: Queryable,
  { userId, roomId }: Place,
  range: NewestOfRange,
): Promise<UnreadEvent[]> {
  return db.all<UnreadEvent>(
    `SELECT ${columns} FROM events WHERE room_id = ? AND position > ? AND position <= ? AND ${notOwn}
     ORDER BY position DESC LIMIT ?`,
    roomId,
    range.after,
    range.upto,
    userId,
    range.limit,
  );
}

/** The same, of what was said in threads alone. */
export function listUnreadThreadEvents(
  db: Queryable,
  { userId, roomId }: Place,
  range: NewestOfRange,
): Promise<UnreadEvent[]> {
  return db.all<UnreadEvent>(
    `SELECT ${columns} FROM events
     WHERE room_id = ? AND position > ? AND position <= ? AND rel_type = 'm.thread' AND ${notOwn}
     ORDER BY position DESC LIMIT ?`,
    roomId,
    range.after,
    range.upto,
    userId,
    range.limit,
  );
}

/** Where somebody joined a room, and how far they have read it: by thread, `''` being the whole room. */
export interface ReadMarks {
  joinedAt: number;
  byThread: Map<string, number>;
}

/** Undefined for one who is not in the room. The receipt that is further ahead counts, public or private. */
export async function getReadMarks(db: Queryable, { userId, roomId }: Place): Promise<ReadMarks | undefined> {
  const membership = await db.get<{ joinedAt: number }>(
    `SELECT began_position AS joinedAt FROM memberships WHERE user_id = ? AND room_id = ? AND membership = 'join'`,
    userId,
    roomId,
  );
  if (membership === undefined) return undefined;
  const rows = await db.all<{ threadId: string; position: number }>(
    `SELECT thread_id AS threadId, MAX(event_position) AS position FROM receipts
     WHERE room_id = ? AND user_id = ? AND receipt_type IN ('m.read', 'm.read.private') GROUP BY thread_id`,
    roomId,
    userId,
  );
  return { ...membership, byThread: new Map(rows.map((row) => [row.threadId, row.position])) };
}
