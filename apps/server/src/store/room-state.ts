import type { Queryable } from '@sotto/sql';
import { type EventRow, eventColumns } from './events.ts';

/** The event that is the current state at this place, or undefined. */
export function getCurrentState(
  db: Queryable,
  place: { roomId: string; type: string; stateKey: string },
): Promise<EventRow | undefined> {
  return db.get<EventRow>(
    `SELECT ${eventColumns} FROM room_state s JOIN events e ON e.position = s.position
     WHERE s.room_id = ? AND s.type = ? AND s.state_key = ? AND s.replaced_at IS NULL`,
    place.roomId,
    place.type,
    place.stateKey,
  );
}

/** The state at this place as it was just after `position`. */
export function getStateAt(
  db: Queryable,
  place: { roomId: string; type: string; stateKey: string; position: number },
): Promise<EventRow | undefined> {
  return db.get<EventRow>(
    `SELECT ${eventColumns} FROM room_state s JOIN events e ON e.position = s.position
     WHERE s.room_id = ? AND s.type = ? AND s.state_key = ? AND s.position <= ? ORDER BY s.position DESC LIMIT 1`,
    place.roomId,
    place.type,
    place.stateKey,
    place.position,
  );
}

/** The whole state as it was just after `position` (use the newest position for the current one). */
export function listStateAt(db: Queryable, roomId: string, position: number): Promise<EventRow[]> {
  return db.all<EventRow>(
    `SELECT ${eventColumns} FROM room_state s JOIN events e ON e.position = s.position
     WHERE s.room_id = ? AND s.position <= ? AND (s.replaced_at IS NULL OR s.replaced_at > ?) ORDER BY s.position`,
    roomId,
    position,
    position,
  );
}

/** What of the state after `upto` was set after `since`: the difference between two positions. */
export function listStateChanges(
  db: Queryable,
  roomId: string,
  range: { since: number; upto: number },
): Promise<EventRow[]> {
  return db.all<EventRow>(
    `SELECT ${eventColumns} FROM room_state s JOIN events e ON e.position = s.position
     WHERE s.room_id = ? AND s.position > ? AND s.position <= ? AND (s.replaced_at IS NULL OR s.replaced_at > ?)
     ORDER BY s.position`,
    roomId,
    range.since,
    range.upto,
    range.upto,
  );
}

/** Puts an event into the state, in the place of what was there. */
export async function putState(
  db: Queryable,
  place: { roomId: string; type: string; stateKey: string; position: number },
): Promise<void> {
  const { roomId, type, stateKey, position } = place;
  await db.run(
    'UPDATE room_state SET replaced_at = ? WHERE room_id = ? AND type = ? AND state_key = ? AND replaced_at IS NULL',
    position,
    roomId,
    type,
    stateKey,
  );
  await db.run(
    'INSERT INTO room_state (room_id, type, state_key, position) VALUES (?, ?, ?, ?)',
    roomId,
    type,
    stateKey,
    position,
  );
}

/** One change of a place in the state: from `position` on its value was this (`undefined` when it was not text). */
export interface StateChange {
  position: number;
  value: string | undefined;
}

const valueKeys: Readonly<Record<string, string>> = {
  'm.room.member': 'membership',
  'm.room.history_visibility': 'history_visibility',
};

/** Every value that `membership` or `history_visibility` had at this place, oldest first. */
export async function listStateHistory(
  db: Queryable,
  place: { roomId: string; type: keyof typeof valueKeys; stateKey: string },
): Promise<StateChange[]> {
  const rows = await db.all<{ position: number; json: string }>(
    `SELECT s.position, e.json FROM room_state s JOIN events e ON e.position = s.position
     WHERE s.room_id = ? AND s.type = ? AND s.state_key = ? ORDER BY s.position`,
    place.roomId,
    place.type,
    place.stateKey,
  );
  const key = valueKeys[place.type] ?? '';
  return rows.map(({ position, json }) => {
    const value = (JSON.parse(json) as { content: Record<string, unknown> }).content[key];
    return { position, value: typeof value === 'string' ? value : undefined };
  });
}

/** The current state with empty state key, of these types, in these rooms. */
export function listStateOfRooms(
  db: Queryable,
  roomIds: readonly string[],
  types: readonly string[],
): Promise<{ roomId: string; type: string; json: string }[]> {
  const marks = (values: readonly string[]) => values.map(() => '?').join(', ');
  return db.all(
    `SELECT s.room_id AS roomId, s.type, e.json FROM room_state s JOIN events e ON e.position = s.position
     WHERE s.room_id IN (${marks(roomIds)}) AND s.type IN (${marks(types)}) AND s.state_key = '' AND s.replaced_at IS NULL`,
    ...roomIds,
    ...types,
  );
}

/** The current state events of one type in a room, whatever their state key. */
export function listStateOfType(db: Queryable, roomId: string, type: string): Promise<EventRow[]> {
  return db.all<EventRow>(
    `SELECT ${eventColumns} FROM room_state s JOIN events e ON e.position = s.position
     WHERE s.room_id = ? AND s.type = ? AND s.replaced_at IS NULL ORDER BY s.position`,
    roomId,
    type,
  );
}

/** The links of spaces that hold this room. */
export function listLinksToRoom(db: Queryable, roomId: string): Promise<EventRow[]> {
  return db.all<EventRow>(
    `SELECT ${eventColumns} FROM room_state s JOIN events e ON e.position = s.position
     WHERE s.type = 'm.space.child' AND s.state_key = ? AND s.replaced_at IS NULL`,
    roomId,
  );
}

/** The current state of a room without its members. */
export function listRoomSettings(db: Queryable, roomId: string): Promise<EventRow[]> {
  return db.all<EventRow>(
    `SELECT ${eventColumns} FROM room_state s JOIN events e ON e.position = s.position
     WHERE s.room_id = ? AND s.type <> 'm.room.member' AND s.replaced_at IS NULL ORDER BY s.position`,
    roomId,
  );
}
