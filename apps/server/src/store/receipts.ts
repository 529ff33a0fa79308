import type { Queryable } from '@sotto/sql';
import { inTurns } from './in-list.ts';

/** How far someone has read. `threadId` is empty for a receipt of the whole room, `main` for its main timeline. */
export interface ReceiptRow {
  roomId: string;
  userId: string;
  receiptType: string;
  threadId: string;
  eventId: string;
  eventPosition: number;
  ts: number;
  position: number;
}

/** What is told of a receipt. */
export type ShownReceipt = Omit<ReceiptRow, 'eventPosition' | 'position'>;

/** Whether a reader may be told of a receipt: how far somebody read in private is for themselves alone. */
export const isReceiptFor = (
  { receiptType, userId }: Pick<ReceiptRow, 'receiptType' | 'userId'>,
  isReader: (userId: string) => boolean,
): boolean => receiptType !== 'm.read.private' || isReader(userId);

const columns = `room_id AS roomId, user_id AS userId, receipt_type AS receiptType, thread_id AS threadId,
  event_id AS eventId, event_position AS eventPosition, ts, position`;

export function getReceipt(
  db: Queryable,
  key: Pick<ReceiptRow, 'roomId' | 'userId' | 'receiptType' | 'threadId'>,
): Promise<ReceiptRow | undefined> {
  return db.get<ReceiptRow>(
    `SELECT ${columns} FROM receipts WHERE room_id = ? AND user_id = ? AND receipt_type = ? AND thread_id = ?`,
    key.roomId,
    key.userId,
    key.receiptType,
    key.threadId,
  );
}

export async function putReceipt(db: Queryable, row: ReceiptRow): Promise<void> {
  await db.run(
    `INSERT INTO receipts (room_id, user_id, receipt_type, thread_id, event_id, event_position, ts, position)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (room_id, user_id, receipt_type, thread_id) DO UPDATE SET event_id = excluded.event_id,
       event_position = excluded.event_position, ts = excluded.ts, position = excluded.position`,
    row.roomId,
    row.userId,
    row.receiptType,
    row.threadId,
    row.eventId,
    row.eventPosition,
    row.ts,
    row.position,
  );
}

/** The receipts of these rooms, without other people's private ones. */
export function listReceiptsOfRooms(
  db: Queryable,
  roomIds: readonly string[],
  viewerId: string,
): Promise<ShownReceipt[]> {
  return inTurns(roomIds, ({ marks, values }) =>
    db.all<ShownReceipt>(
      `SELECT room_id AS roomId, user_id AS userId, receipt_type AS receiptType, thread_id AS threadId,
         event_id AS eventId, ts
       FROM receipts WHERE room_id IN ${marks} AND (receipt_type <> 'm.read.private' OR user_id = ?)`,
      ...values,
      viewerId,
    ),
  );
}

/** Receipts of all rooms that were set in `(since, upto]`. */
export function receiptsBetween(db: Queryable, range: { since: number; upto: number }): Promise<ReceiptRow[]> {
  return db.all<ReceiptRow>(
    `SELECT ${columns} FROM receipts WHERE position > ? AND position <= ?`,
    range.since,
    range.upto,
  );
}

/** In which rooms receipts were set in `(since, upto]`. */
export function listReadRooms(
  db: Queryable,
  range: { since: number; upto: number },
): Promise<{ id: string; position: number }[]> {
  return db.all(
    'SELECT room_id AS id, position FROM receipts WHERE position > ? AND position <= ?',
    range.since,
    range.upto,
  );
}

/** The rooms in which this person's own receipts were set in `(since, upto]`. */
export async function listRoomsReadBy(
  db: Queryable,
  userId: string,
  range: { since: number; upto: number },
): Promise<Set<string>> {
  const rows = await db.all<{ roomId: string }>(
    'SELECT room_id AS roomId FROM receipts WHERE position > ? AND position <= ? AND user_id = ?',
    range.since,
    range.upto,
    userId,
  );
  return new Set(rows.map(({ roomId }) => roomId));
}

/** Receipts of one room that were set in `(since, upto]`, everybody's. */
export function receiptsOfRoomSince(
  db: Queryable,
  roomId: string,
  range: { since: number; upto: number },
): Promise<ReceiptRow[]> {
  return db.all<ReceiptRow>(
    `SELECT ${columns} FROM receipts WHERE room_id = ? AND position > ? AND position <= ?`,
    roomId,
    range.since,
    range.upto,
  );
}
