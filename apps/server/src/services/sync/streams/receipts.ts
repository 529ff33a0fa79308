import type { Queryable } from '@sotto/sql';
import { isReceiptFor, listReceiptsOfRooms, receiptsOfRoomSince, type ShownReceipt } from '../../../store/receipts.ts';
import type { SyncRange } from './range.ts';

/** The content of `m.receipt`: by event, by type, by person (specification, "Receipts"). */
export type ReceiptContent = Record<string, Record<string, Record<string, { ts: number; thread_id?: string }>>>;

/**
 * The contents that tell these receipts: one, as a rule. Where somebody has two on the same event (of the thread and of
 * the whole room), for which one content has no room, the second goes into a content of its own.
 */
export function receiptContents(rows: readonly ShownReceipt[]): ReceiptContent[] {
  const contents: ReceiptContent[] = [];
  for (const row of rows) {
    const receipt = { ts: row.ts, ...(row.threadId !== '' && { thread_id: row.threadId }) };
    let index = 0;
    while (contents[index]?.[row.eventId]?.[row.receiptType]?.[row.userId] !== undefined) index++;
    contents[index] ??= {};
    const content = contents[index] as ReceiptContent;
    content[row.eventId] ??= {};
    const byType = content[row.eventId] as ReceiptContent[string];
    byType[row.receiptType] ??= {};
    (byType[row.receiptType] as ReceiptContent[string][string])[row.userId] = receipt;
  }
  return contents;
}

/** Receipts of rooms that one has been in all along. Other people's private ones are left out. */
export async function receiptChanges(
  db: Queryable,
  reader: { userId: string; roomIds: Iterable<string> },
  range: SyncRange,
): Promise<Map<string, ReceiptContent[]>> {
  const found = new Map<string, ReceiptContent[]>();
  for (const roomId of reader.roomIds) {
    const rows = (await receiptsOfRoomSince(db, roomId, range)).filter((row) =>
      isReceiptFor(row, (userId) => userId === reader.userId),
    );
    if (rows.length > 0) found.set(roomId, receiptContents(rows));
  }
  return found;
}

/** All receipts of rooms that are new to the reader. */
export async function receiptsOfRooms(
  db: Queryable,
  roomIds: readonly string[],
  viewerId: string,
): Promise<Map<string, ReceiptContent[]>> {
  return contentsByRoom(await listReceiptsOfRooms(db, roomIds, viewerId));
}

function contentsByRoom(rows: readonly ShownReceipt[]): Map<string, ReceiptContent[]> {
  const byRoom = Map.groupBy(rows, (row) => row.roomId);
  return new Map([...byRoom].map(([roomId, ofRoom]) => [roomId, receiptContents(ofRoom)]));
}
