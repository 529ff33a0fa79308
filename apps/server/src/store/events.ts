import type { Queryable } from '@sotto/sql';
import { removeSearchable } from './event-search.ts';
import { inTurns } from './in-list.ts';

/**
 * One event. `json` is what clients get, without `room_id` and `unsigned`; `pdu` what else the room version's own
 * format has (`auth_events`, `prev_events`, `hashes` …); `unsigned` what the server adds for everyone. All JSON text.
 */
export interface EventRow {
  position: number;
  roomId: string;
  eventId: string;
  type: string;
  stateKey: string | null;
  sender: string;
  originServerTs: number;
  depth: number;
  json: string;
  unsigned: string | null;
  deviceId: string | null;
  /** What the device called it; without a device the id under which it waited to be sent (MSC4140). */
  transactionId: string | null;
  relType: string | null;
  relatesTo: string | null;
  redactedBy: string | null;
}

/** The columns of `EventRow`, for the `events` table under the name `e`. */
export const eventColumns = `e.position, e.room_id AS roomId, e.event_id AS eventId, e.type, e.state_key AS stateKey, e.sender,
  e.origin_server_ts AS originServerTs, e.depth, e.json, e.unsigned, e.device_id AS deviceId,
  e.transaction_id AS transactionId, e.rel_type AS relType, e.relates_to AS relatesTo, e.redacted_by AS redactedBy`;

export function getEvent(db: Queryable, eventId: string): Promise<EventRow | undefined> {
  return db.get<EventRow>(`SELECT ${eventColumns} FROM events e WHERE e.event_id = ?`, eventId);
}

/** The event at a position of the log. */
export function getEventAt(db: Queryable, position: number): Promise<EventRow | undefined> {
  return db.get<EventRow>(`SELECT ${eventColumns} FROM events e WHERE e.position = ?`, position);
}

/** The events at these positions, oldest first. */
export async function listEventsAt(db: Queryable, positions: readonly number[]): Promise<EventRow[]> {
  const rows = await inTurns(positions, ({ marks, values }) =>
    db.all<EventRow>(
      `SELECT ${eventColumns} FROM events e WHERE e.position IN ${marks} ORDER BY e.position`,
      ...values,
    ),
  );
  return rows;
}

/** The events of these ids, as far as they are here. */
export function listEventsById(db: Queryable, eventIds: readonly string[]): Promise<EventRow[]> {
  return inTurns(eventIds, ({ marks, values }) =>
    db.all<EventRow>(`SELECT ${eventColumns} FROM events e WHERE e.event_id IN ${marks}`, ...values),
  );
}

/** What else the room version's own format has, as JSON text (`EventRow.pdu`), by position. */
export async function listPdus(db: Queryable, positions: readonly number[]): Promise<Map<number, string>> {
  const rows = await inTurns(positions, ({ marks, values }) =>
    db.all<{ position: number; pdu: string }>(`SELECT position, pdu FROM events WHERE position IN ${marks}`, ...values),
  );
  return new Map(rows.map((row) => [row.position, row.pdu]));
}

/** Writes an event. `isLate`: an event before it in its room says a later time (store/event-times.ts). */
export async function insertEvent(db: Queryable, event: EventRow & { pdu: string; isLate?: boolean }): Promise<void> {
  await db.run(
    `INSERT INTO events (position, room_id, event_id, type, state_key, sender, origin_server_ts, depth, json, pdu, unsigned,
       device_id, transaction_id, rel_type, relates_to, is_late) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    event.position,
    event.roomId,
    event.eventId,
    event.type,
    event.stateKey,
    event.sender,
    event.originServerTs,
    event.depth,
    event.json,
    event.pdu,
    event.unsigned,
    event.deviceId,
    event.transactionId,
    event.relType,
    event.relatesTo,
    event.isLate ? 1 : 0,
  );
}

/** The events that a device sent under this transaction id: one at most for each path of the API. */
export function eventsOfTransaction(
  db: Queryable,
  transaction: { sender: string; deviceId: string; transactionId: string },
): Promise<EventRow[]> {
  return db.all<EventRow>(
    `SELECT ${eventColumns} FROM events e WHERE e.device_id = ? AND e.transaction_id = ? AND e.sender = ?`,
    transaction.deviceId,
    transaction.transactionId,
    transaction.sender,
  );
}

/** The newest event of a room: what the next one comes after. */
export interface RoomHead {
  readonly eventId: string;
  readonly depth: number;
  /** The latest time that an event of the room says it was sent, in ms since 1970. */
  readonly latestTs: number;
}

export function getRoomHead(db: Queryable, roomId: string): Promise<RoomHead | undefined> {
  return db.get(
    `SELECT event_id AS eventId, depth, COALESCE((SELECT origin_server_ts FROM events WHERE room_id = ? AND is_late = 0
       ORDER BY position DESC LIMIT 1), 0) AS latestTs
     FROM events WHERE room_id = ? ORDER BY position DESC LIMIT 1`,
    roomId,
    roomId,
  );
}

interface RoomSpan {
  after: number;
  upto: number;
  limit: number;
}

/** Events of a room with `after < position <= upto`, newest first. */
export const eventsBackwards = (db: Queryable, roomId: string, span: RoomSpan): Promise<EventRow[]> =>
  eventsOfRoom(db, { roomId, ...span }, 'DESC');

/** Events of a room with `after < position <= upto`, oldest first. */
export const eventsForwards = (db: Queryable, roomId: string, span: RoomSpan): Promise<EventRow[]> =>
  eventsOfRoom(db, { roomId, ...span }, 'ASC');

function eventsOfRoom(
  db: Queryable,
  { roomId, after, upto, limit }: RoomSpan & { roomId: string },
  order: 'ASC' | 'DESC',
): Promise<EventRow[]> {
  return db.all<EventRow>(
    `SELECT ${eventColumns} FROM events e WHERE e.room_id = ? AND e.position > ? AND e.position <= ?
     ORDER BY e.position ${order} LIMIT ?`,
    ...[roomId, after, upto, limit],
  );
}

/** The newest events of the whole server with `after < position <= upto`, oldest first: a short range read at once. */
export function eventsOfAllRooms(
  db: Queryable,
  range: { after: number; upto: number; limit: number },
): Promise<EventRow[]> {
  return db.all<EventRow>(
    `SELECT ${eventColumns} FROM events e WHERE e.position > ? AND e.position <= ? ORDER BY e.position LIMIT ?`,
    range.after,
    range.upto,
    range.limit,
  );
}

/** In which rooms the events with `since < position <= upto` are. */
export function listWrittenRooms(
  db: Queryable,
  range: { since: number; upto: number },
): Promise<{ id: string; position: number }[]> {
  return db.all(
    'SELECT room_id AS id, position FROM events WHERE position > ? AND position <= ?',
    range.since,
    range.upto,
  );
}

/** Replaces what the server adds to an event for everyone. */
export async function setUnsigned(db: Queryable, eventId: string, unsigned: string): Promise<void> {
  await db.run('UPDATE events SET unsigned = ? WHERE event_id = ?', unsigned, eventId);
}

/** Replaces an event's text by its redacted form; nobody finds it by its words any more. */
export async function markRedacted(
  db: Queryable,
  event: { position: number; eventId: string; json: string; unsigned: string; redactedBy: string },
): Promise<void> {
  await db.run(
    'UPDATE events SET json = ?, unsigned = ?, redacted_by = ?, rel_type = NULL, relates_to = NULL WHERE event_id = ?',
    event.json,
    event.unsigned,
    event.redactedBy,
    event.eventId,
  );
  await removeSearchable(db, event.position);
}

/** Takes events away for good. */
export async function deleteEvents(db: Queryable, positions: readonly number[]): Promise<void> {
  for (const position of positions) {
    await db.run('DELETE FROM events WHERE position = ?', position);
    await removeSearchable(db, position);
  }
}
