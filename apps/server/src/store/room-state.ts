import type { Queryable } from '@sotto/sql';
import { type EventRow, eventColumns } from './events.ts';
import { inList, inTurns } from './in-list.ts';

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

/**
 * Rows of `room_state` (as `s`) that were in force just after a position, found by two indexes: what is in force today,
 * and what was replaced since. Costs what the state is large, not what it was through the years. `+` keeps SQLite from
 * walking over all of a room by position where type and key name a part of it.
 */
const inForce = (columns: string, where: string, position = '+s.position') => `
  SELECT ${columns} FROM room_state s JOIN events e ON e.position = s.position
  WHERE ${where} AND s.replaced_at IS NULL AND ${position} <= ?
  UNION ALL
  SELECT ${columns} FROM room_state s JOIN events e ON e.position = s.position
  WHERE ${where} AND s.replaced_at > ? AND s.position <= ?`;

/** The event that replaced the one of this position in its place of the state. */
export function getSuccessor(
  db: Queryable,
  place: { roomId: string; type: string; stateKey: string; position: number },
): Promise<EventRow | undefined> {
  return db.get<EventRow>(
    `SELECT ${eventColumns} FROM room_state s JOIN events e ON e.position = s.replaced_at
     WHERE s.room_id = ? AND s.type = ? AND s.state_key = ? AND s.position = ?`,
    place.roomId,
    place.type,
    place.stateKey,
    place.position,
  );
}

/** The whole state as it was just after `position` (use the newest position for the current one), oldest first. */
export function listStateAt(db: Queryable, roomId: string, position: number): Promise<EventRow[]> {
  return db.all<EventRow>(
    `${inForce(eventColumns, 's.room_id = ?', 's.position')} ORDER BY 1`,
    roomId,
    position,
    roomId,
    position,
    position,
  );
}

/**
 * The state as it was just after `position`, of these types alone, or of all types but member events when undefined:
 * those of a large room are rarely wanted together.
 */
export function listStateOfTypesAt(
  db: Queryable,
  roomId: string,
  { types, position }: { types: readonly string[] | undefined; position: number },
): Promise<EventRow[]> {
  if (types?.length === 0) return Promise.resolve([]);
  const list = types === undefined ? undefined : inList(types);
  // Two ranges of an index: a large room has thousands of members between them.
  const choices = list === undefined ? ["< 'm.room.member'", "> 'm.room.member'"] : [`IN ${list.marks}`];
  const values = list?.values ?? [];
  return db.all<EventRow>(
    choices.map((choice) => inForce(eventColumns, `s.room_id = ? AND s.type ${choice}`)).join(' UNION ALL '),
    ...choices.flatMap(() => [roomId, ...values, position, roomId, ...values, position, position]),
  );
}

/** The member events of these people as they were just after `position`. */
export function listMembersAt(
  db: Queryable,
  roomId: string,
  { userIds, position }: { userIds: readonly string[]; position: number },
): Promise<EventRow[]> {
  return inTurns(userIds, ({ marks, values }) =>
    db.all<EventRow>(
      inForce(eventColumns, `s.room_id = ? AND s.type = 'm.room.member' AND s.state_key IN ${marks}`),
      roomId,
      ...values,
      position,
      roomId,
      ...values,
      position,
      position,
    ),
  );
}

/** What of the state after `at` was set in `(since, upto]`, oldest first; `at` is `upto` unless given. */
export function listStateChanges(
  db: Queryable,
  roomId: string,
  { since, upto, at = upto }: { since: number; upto: number; at?: number },
): Promise<EventRow[]> {
  return db.all<EventRow>(
    `SELECT ${eventColumns} FROM room_state s JOIN events e ON e.position = s.position
     WHERE s.room_id = ? AND s.position > ? AND s.position <= ? AND (s.replaced_at IS NULL OR s.replaced_at > ?)
     ORDER BY s.position`,
    roomId,
    since,
    upto,
    at,
  );
}

/** Puts an event into the state, in the place of what was there. `value`: see `StateChange`. */
export async function putState(
  db: Queryable,
  place: { roomId: string; type: string; stateKey: string; position: number; value?: string | undefined },
): Promise<void> {
  const { roomId, type, stateKey, position, value = null } = place;
  await db.run(
    'UPDATE room_state SET replaced_at = ? WHERE room_id = ? AND type = ? AND state_key = ? AND replaced_at IS NULL',
    position,
    roomId,
    type,
    stateKey,
  );
  await db.run(
    'INSERT INTO room_state (room_id, type, state_key, position, value) VALUES (?, ?, ?, ?, ?)',
    roomId,
    type,
    stateKey,
    position,
    value,
  );
}

/** One change of a place in the state: from `position` on its value was this (null when it was not text). */
export interface StateChange {
  roomId: string;
  position: number;
  value: string | null;
}

const valueKeys: Readonly<Record<string, string>> = {
  'm.room.member': 'membership',
  'm.room.history_visibility': 'history_visibility',
};

/** What `putState` keeps of an event, so that histories are read without opening events: who may read what when. */
export function stateValueOf(type: string, content: Readonly<Record<string, unknown>>): string | undefined {
  const value = content[valueKeys[type] ?? ''];
  return typeof value === 'string' ? value : undefined;
}

/** Every value that `membership` or `history_visibility` had at this place in these rooms, oldest first. */
export function listStateHistories(
  db: Queryable,
  roomIds: readonly string[],
  { type, stateKey }: { type: keyof typeof valueKeys; stateKey: string },
): Promise<StateChange[]> {
  return inTurns(roomIds, ({ marks, values }) =>
    db.all<StateChange>(
      `SELECT room_id AS roomId, position, value FROM room_state
       WHERE room_id IN ${marks} AND type = ? AND state_key = ? ORDER BY position`,
      ...values,
      type,
      stateKey,
    ),
  );
}

/** The current state with empty state key, of these types, in these rooms. */
export function listStateOfRooms(
  db: Queryable,
  roomIds: readonly string[],
  types: readonly string[],
): Promise<{ roomId: string; type: string; json: string }[]> {
  const ofTypes = inList(types);
  return inTurns(roomIds, ({ marks, values }) =>
    db.all(
      `SELECT s.room_id AS roomId, s.type, e.json FROM room_state s JOIN events e ON e.position = s.position
       WHERE s.room_id IN ${marks} AND s.type IN ${ofTypes.marks} AND s.state_key = '' AND s.replaced_at IS NULL`,
      ...values,
      ...ofTypes.values,
    ),
  );
}

/** The current state events of one type in a room, whatever their state key. */
export function listStateOfType(db: Queryable, roomId: string, type: string): Promise<EventRow[]> {
  return db.all<EventRow>(
    `SELECT ${eventColumns} FROM room_state s JOIN events e ON e.position = s.position
     WHERE s.room_id = ? AND s.type = ? AND s.replaced_at IS NULL ORDER BY +s.position`,
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
