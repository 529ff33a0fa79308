import type { Queryable } from '@sotto/sql';
import { listReceiptsOfRoom, type ReceiptRow, receiptsBetween } from '../../../store/receipts.ts';
import type { SyncRange } from './range.ts';

/** The content of `m.receipt`: by event, by type, by person (specification, "Receipts"). */
export type ReceiptContent = Record<string, Record<string, Record<string, { ts: number; thread_id?: string }>>>;

/** The content of one `m.receipt` event. */
export function receiptContent(rows: readonly ReceiptRow[]): ReceiptContent {
  const content: ReceiptContent = {};
  for (const row of rows) {
    content[row.eventId] ??= {};
    const byType = content[row.eventId] as ReceiptContent[string];
    byType[row.receiptType] ??= {};
    const byUser = byType[row.receiptType] as ReceiptContent[string][string];
    byUser[row.userId] = { ts: row.ts, ...(row.threadId !== '' && { thread_id: row.threadId }) };
  }
  return content;
}

/** Receipts of rooms that one has been in all along. Other people's private ones are left out. */
export async function receiptChanges(
  db: Queryable,
  reader: { userId: string; roomIds: ReadonlySet<string> },
  range: SyncRange,
): Promise<Map<string, ReceiptContent>> {
  const byRoom = Map.groupBy(
    (await receiptsBetween(db, range)).filter(
      (row) => reader.roomIds.has(row.roomId) && (row.receiptType !== 'm.read.private' || row.userId === reader.userId),
    ),
    (row) => row.roomId,
  );
  return new Map([...byRoom].map(([roomId, rows]) => [roomId, receiptContent(rows)]));
}

/** All receipts of a room that is new to the reader. */
export async function receiptsOfRoom(
  db: Queryable,
  roomId: string,
  viewerId: string,
): Promise<ReceiptContent | undefined> {
  const rows = await listReceiptsOfRoom(db, roomId, viewerId);
  return rows.length === 0 ? undefined : receiptContent(rows);
}
