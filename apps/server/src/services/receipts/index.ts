/**
 * Receipts and read markers: how far people have read (specification, "Receipts", "Fully read markers").
 * Imports `store/`, `log/`, and from `push/` what belongs to which thread.
 */
import { MatrixError } from '@sotto/protocol';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { getAccountData, putAccountData } from '../../store/account-data.ts';
import { type EventRow, getEvent } from '../../store/events.ts';
import { getMembership } from '../../store/memberships.ts';
import { getReceipt, putReceipt } from '../../store/receipts.ts';
import { concernsThread } from '../push/thread-of.ts';

export interface ReceiptTarget {
  userId: string;
  roomId: string;
  eventId: string;
}

export interface Receipts {
  /**
   * Moves a receipt to this event; it never moves back.
   * @throws MatrixError M_FORBIDDEN; M_INVALID_PARAM for a thread that the event has nothing to do with
   */
  set(target: ReceiptTarget, receipt: { type: string; threadId?: string }): Promise<void>;
  /** Moves the fully-read marker, and receipts with it, as one; none moves back. @throws MatrixError M_FORBIDDEN, M_NOT_FOUND */
  setMarkers(target: Omit<ReceiptTarget, 'eventId'>, markers: ReadMarkers): Promise<void>;
}

export interface ReadMarkers {
  fullyRead?: string;
  read?: string;
  privateRead?: string;
}

export function createReceipts(parts: { log: LogWriter; now: () => number }): Receipts {
  const { log, now } = parts;

  async function eventOf(unit: Unit, { userId, roomId, eventId }: ReceiptTarget): Promise<EventRow | undefined> {
    if ((await getMembership(unit, userId, roomId))?.membership !== 'join') {
      throw new MatrixError('M_FORBIDDEN', 'You are not in this room.');
    }
    const event = await getEvent(unit, eventId);
    return event?.roomId === roomId ? event : undefined;
  }

  async function write(unit: Unit, target: ReceiptTarget, receipt: { type: string; threadId?: string }): Promise<void> {
    const { userId, roomId, eventId } = target;
    const event = await eventOf(unit, target);
    // An event that is not known here yet says nothing about what was read.
    if (event === undefined) return;
    const { position: eventPosition } = event;
    if (receipt.threadId !== undefined && !(await concernsThread(unit, event, receipt.threadId)))
      throw new MatrixError('M_INVALID_PARAM', 'This event has nothing to do with the thread.');
    const key = { roomId, userId, receiptType: receipt.type, threadId: receipt.threadId ?? '' };
    const before = await getReceipt(unit, key);
    if (before !== undefined && before.eventPosition >= eventPosition) return;
    await putReceipt(unit, { ...key, eventId, eventPosition, ts: now(), position: unit.nextPosition() });
    if (receipt.type === 'm.read.private') unit.tell({ userId });
    else unit.tell({ roomId });
  }

  async function writeMarker(unit: Unit, target: ReceiptTarget): Promise<void> {
    const event = await eventOf(unit, target);
    if (event === undefined) throw new MatrixError('M_NOT_FOUND', 'The room has no such event.');
    const { userId, roomId } = target;
    const before = await getAccountData(unit, { userId, roomId, type: 'm.fully_read' });
    const marked = before === undefined ? undefined : await getEvent(unit, String(JSON.parse(before).event_id));
    if (marked?.roomId === roomId && marked.position >= event.position) return;
    const content = JSON.stringify({ event_id: target.eventId });
    await putAccountData(unit, { userId, roomId, type: 'm.fully_read', content, position: unit.nextPosition() });
    unit.tell({ userId });
  }

  return {
    set: (target, receipt) => log.write((unit) => write(unit, target, receipt)),
    setMarkers: (target, { fullyRead, read, privateRead }) =>
      log.write(async (unit) => {
        if (fullyRead !== undefined) await writeMarker(unit, { ...target, eventId: fullyRead });
        if (read !== undefined) await write(unit, { ...target, eventId: read }, { type: 'm.read' });
        if (privateRead !== undefined)
          await write(unit, { ...target, eventId: privateRead }, { type: 'm.read.private' });
      }),
  };
}
