import type { Queryable, SqlValue } from '@sotto/sql';
import { type InList, inTurns } from './in-list.ts';

/**
 * An event of one of many rooms, with no more than its text needs. First answers tell thousands of them, and columns are
 * what reading costs: these take a third of the time of whole rows read room by room.
 */
export interface EventTextRow {
  roomId: string;
  position: number;
  json: string;
  unsigned: string | null;
  originServerTs: number;
}

/** One of the newest events of a room. */
export interface NewestEventRow extends EventTextRow {
  /** Where the newest events begin: the position of the one before them, 0 when there is none. */
  start: number;
  sender: string;
  stateKey: string | null;
  /** Only for the device that sent it. */
  transactionId: string | null;
  /** What needs a closer look: its text takes more than is here (it comes with its parent, or was delayed), or it says who is there. */
  kind: 'special' | 'member' | null;
}

const columns = 'e.room_id AS roomId, e.position, e.json, e.unsigned, e.origin_server_ts AS originServerTs';

/** So many of the newest events of each room up to a position. */
export interface NewestSpan {
  upto: number;
  limit: number;
}

/** Rooms with the place where their newest events begin, found by walking over these few alone. */
const spans = ({ marks, values }: InList, { upto, limit }: NewestSpan): { sql: string; values: SqlValue[] } => ({
  sql: `WITH spans AS MATERIALIZED (
    SELECT r.room_id, COALESCE((SELECT n.position FROM events n WHERE n.room_id = r.room_id AND n.position <= ?
      ORDER BY n.position DESC LIMIT 1 OFFSET ?), 0) AS start
    FROM rooms r WHERE r.room_id IN ${marks})`,
  values: [upto, limit, ...values],
});

/** The newest events of these rooms, in no order. CROSS JOIN keeps SQLite going from the rooms to their events. */
export function listNewestTexts(
  db: Queryable,
  roomIds: readonly string[],
  { device, ...span }: NewestSpan & { device: { userId: string; deviceId: string } },
): Promise<NewestEventRow[]> {
  return inTurns(roomIds, (list) => {
    const { sql, values } = spans(list, span);
    return db.all<NewestEventRow>(
      `${sql} SELECT ${columns}, spans.start, e.sender, e.state_key AS stateKey,
         CASE WHEN e.device_id = ? AND e.sender = ? THEN e.transaction_id END AS transactionId,
         CASE WHEN e.rel_type IN ('m.replace', 'm.reference', 'm.thread') THEN 'special'
           WHEN e.transaction_id IS NOT NULL AND e.device_id IS NULL THEN 'special'
           WHEN e.type = 'm.room.member' THEN 'member' END AS kind
       FROM spans CROSS JOIN events e ON e.room_id = spans.room_id AND e.position > spans.start AND e.position <= ?`,
      ...values,
      device.deviceId,
      device.userId,
      span.upto,
    );
  });
}

/**
 * The state of these rooms just before their newest events, in no order; where `isAfter`, that after them. Found by two
 * indexes as in room-state.ts: what is in force today, and what was replaced since.
 */
export function listStateTexts(
  db: Queryable,
  roomIds: readonly string[],
  { isAfter, withMembers, ...span }: NewestSpan & { isAfter: boolean; withMembers: boolean },
): Promise<EventTextRow[]> {
  const at = isAfter ? '?' : 'spans.start';
  const kinds = withMembers ? [''] : besideMembers;
  const ats = isAfter ? Array<number>(kinds.length + 2).fill(span.upto) : [];
  // `+` keeps SQLite from walking over all that ever was, for the sake of its order.
  const now = kinds.map(
    (wanted) => `SELECT s.position FROM spans CROSS JOIN room_state s ON s.room_id = spans.room_id ${wanted}
      AND s.replaced_at IS NULL AND +s.position <= ${at} UNION ALL `,
  );
  return inTurns(roomIds, (list) => {
    const { sql, values } = spans(list, span);
    return db.all<EventTextRow>(
      `${sql}, in_force AS (${now.join('')}
         SELECT s.position FROM spans CROSS JOIN room_state s ON s.room_id = spans.room_id
           ${withMembers ? '' : "AND s.type <> 'm.room.member'"} AND s.replaced_at > ${at} AND s.position <= ${at})
       SELECT ${columns} FROM in_force CROSS JOIN events e ON e.position = in_force.position`,
      ...values,
      ...ats,
    );
  });
}

/** All types but members, as two ranges of an index: a large room has thousands of members between them. */
const besideMembers = ["AND s.type < 'm.room.member'", "AND s.type > 'm.room.member'"];

/** Part of the state of one room. */
export interface StateTextRow extends Pick<EventTextRow, 'position' | 'json' | 'unsigned'> {
  stateKey: string;
  redactedBy: string | null;
}

/** Which of the member events are wanted; all when left out. */
export interface MembershipChoice {
  membership?: string | undefined;
  notMembership?: string | undefined;
}

/** The member events of a room as they were just after a position, oldest first. */
export function listMemberTexts(
  db: Queryable,
  roomId: string,
  { position, membership, notMembership }: MembershipChoice & { position: number },
): Promise<StateTextRow[]> {
  const is = membership === undefined ? '' : 'AND s.value = ?';
  const isNot = notMembership === undefined ? '' : 'AND (s.value IS NULL OR s.value <> ?)';
  const wanted = [membership, notMembership].filter((value) => value !== undefined);
  return listStateWhere(db, {
    where: `s.room_id = ? AND s.type = 'm.room.member' ${is} ${isNot}`,
    values: [roomId, ...wanted],
    position,
  });
}

/** The whole state of a room as it was just after a position, oldest first. */
export function listStateTextsAt(db: Queryable, roomId: string, position: number): Promise<StateTextRow[]> {
  return listStateWhere(db, { where: 's.room_id = ?', values: [roomId], position });
}

async function listStateWhere(
  db: Queryable,
  { where, values, position }: { where: string; values: readonly SqlValue[]; position: number },
): Promise<StateTextRow[]> {
  const inForce = (condition: string) => `
    SELECT e.position, e.json, e.unsigned, e.redacted_by AS redactedBy, s.state_key AS stateKey
    FROM room_state s CROSS JOIN events e ON e.position = s.position
    WHERE ${where} AND ${condition} AND +s.position <= ?`;
  const rows = await db.all<StateTextRow>(
    `${inForce('s.replaced_at IS NULL')} UNION ALL ${inForce('s.replaced_at > ?')}`,
    ...values,
    position,
    ...values,
    position,
    position,
  );
  // Numbers are sorted here for less than whole texts are there.
  return rows.sort((a, b) => a.position - b.position);
}

/** Those of these rooms in which some of the history is hidden from some who are in them. */
export async function listRoomsOfHiddenHistory(db: Queryable, roomIds: readonly string[]): Promise<string[]> {
  const rows = await inTurns(roomIds, ({ marks, values }) =>
    db.all<{ roomId: string }>(
      `SELECT DISTINCT room_id AS roomId FROM room_state
       WHERE room_id IN ${marks} AND type = 'm.room.history_visibility' AND state_key = ''
         AND value IN ('joined', 'invited')`,
      ...values,
    ),
  );
  return rows.map((row) => row.roomId);
}
