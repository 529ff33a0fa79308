import type { Queryable, SqlValue } from '@sotto/sql';
import { type EventRow, eventColumns } from './events.ts';
import { inList, inTurns } from './in-list.ts';

/** Which of these events have an event of one of these types and senders that relates to them; absent lists mean any. */
export async function listRelatedTo(
  db: Queryable,
  eventIds: readonly string[],
  { relTypes, senders }: { relTypes?: readonly string[] | undefined; senders?: readonly string[] | undefined },
): Promise<string[]> {
  if (relTypes?.length === 0 || senders?.length === 0) return [];
  const types = relTypes === undefined ? undefined : inList(relTypes);
  const people = senders === undefined ? undefined : inList(senders);
  const rows = await inTurns(eventIds, ({ marks, values }) =>
    db.all<{ eventId: string }>(
      `SELECT DISTINCT relates_to AS eventId FROM events WHERE relates_to IN ${marks}
       ${types === undefined ? '' : `AND rel_type IN ${types.marks}`}
       ${people === undefined ? '' : `AND sender IN ${people.marks}`}`,
      ...values,
      ...(types?.values ?? []),
      ...(people?.values ?? []),
    ),
  );
  return rows.map((row) => row.eventId);
}

/** Which children count: written in one of these ranges of positions, and not by these people. */
export interface ChildScope {
  ranges: readonly { from: number; upto: number }[];
  ignored: readonly string[];
}

/** The scope as a condition on the child, which is `e` unless told otherwise. */
function scopeCondition({ ranges, ignored }: ChildScope, child = 'e'): { sql: string; values: SqlValue[] } {
  const inRange = ranges.map(() => `${child}.position BETWEEN ? AND ?`).join(' OR ') || '1 = 0';
  const people = ignored.length === 0 ? undefined : inList(ignored);
  return {
    sql: `(${inRange})${people === undefined ? '' : ` AND ${child}.sender NOT IN ${people.marks}`}`,
    values: [...ranges.flatMap(({ from, upto }) => [from, upto]), ...(people?.values ?? [])],
  };
}

/** Which of these events have children of which kind at all: one look into an index, and mostly the last. */
export function listRelationKinds(
  db: Queryable,
  eventIds: readonly string[],
): Promise<{ parentId: string; relType: string }[]> {
  return inTurns(eventIds, ({ marks, values }) =>
    db.all(
      `SELECT DISTINCT relates_to AS parentId, rel_type AS relType FROM events
       WHERE relates_to IN ${marks} AND rel_type IN ('m.replace', 'm.reference', 'm.thread')`,
      ...values,
    ),
  );
}

/** A thread in figures: how many events, the newest of them, and whether `viewerId` wrote one. */
export interface ThreadFigures {
  parentId: string;
  count: number;
  newest: number;
  isOwn: number;
}

export function listThreadFigures(
  db: Queryable,
  parents: readonly number[],
  { viewerId, ...scope }: ChildScope & { viewerId: string },
): Promise<ThreadFigures[]> {
  const { sql, values: scopeValues } = scopeCondition(scope);
  return inTurns(parents, ({ marks, values }) =>
    db.all<ThreadFigures>(
      `SELECT p.event_id AS parentId, COUNT(*) AS count, MAX(e.position) AS newest,
         MAX(CASE WHEN ? IN (e.sender, p.sender) THEN 1 ELSE 0 END) AS isOwn
       FROM events p JOIN events e ON e.relates_to = p.event_id AND e.rel_type = 'm.thread' AND e.room_id = p.room_id
       WHERE p.position IN ${marks} AND ${sql} GROUP BY p.event_id`,
      viewerId,
      ...values,
      ...scopeValues,
    ),
  );
}

/**
 * Edits that may stand in the place of these events, newest first: same room, sender and type, no state, and of no
 * event that is an edit itself or struck out (specification, "Validity of replacement events"; contents aside).
 */
export function listEdits(
  db: Queryable,
  parents: readonly number[],
  scope: ChildScope,
): Promise<{ parentId: string; position: number }[]> {
  const { sql, values: scopeValues } = scopeCondition(scope);
  return inTurns(parents, ({ marks, values }) =>
    db.all(
      `SELECT p.event_id AS parentId, e.position FROM events p JOIN events e
         ON e.relates_to = p.event_id AND e.rel_type = 'm.replace' AND e.room_id = p.room_id
         AND e.sender = p.sender AND e.type = p.type AND e.state_key IS NULL
       WHERE p.position IN ${marks} AND p.state_key IS NULL AND p.redacted_by IS NULL
         AND (p.rel_type IS NULL OR p.rel_type <> 'm.replace') AND ${sql}
       ORDER BY e.origin_server_ts DESC, e.event_id DESC`,
      ...values,
      ...scopeValues,
    ),
  );
}

/** The ids of events that refer to these, oldest first. */
export function listReferences(
  db: Queryable,
  parents: readonly number[],
  scope: ChildScope,
): Promise<{ parentId: string; eventId: string }[]> {
  const { sql, values: scopeValues } = scopeCondition(scope);
  return inTurns(parents, ({ marks, values }) =>
    db.all(
      `SELECT p.event_id AS parentId, e.event_id AS eventId FROM events p JOIN events e
         ON e.relates_to = p.event_id AND e.rel_type = 'm.reference' AND e.room_id = p.room_id
       WHERE p.position IN ${marks} AND ${sql} ORDER BY e.position`,
      ...values,
      ...scopeValues,
    ),
  );
}

/** A person's annotations of an event with events of one type, as JSON text. */
export async function listAnnotations(
  db: Queryable,
  { eventId, sender, type }: { eventId: string; sender: string; type: string },
): Promise<string[]> {
  const rows = await db.all<{ json: string }>(
    `SELECT json FROM events WHERE relates_to = ? AND rel_type = 'm.annotation' AND sender = ? AND type = ?`,
    eventId,
    sender,
    type,
  );
  return rows.map((row) => row.json);
}

/** Which children of an event, and of their children up to a depth. */
export interface ChildrenQuery extends ChildScope {
  roomId: string;
  eventId: string;
  relType?: string | undefined;
  eventType?: string | undefined;
  /** 1 for those that relate to the event itself. */
  depth: number;
  /** `(after, upto]` */
  after: number;
  upto: number;
  direction: 'b' | 'f';
  limit: number;
}

/** The events that relate to an event, directly or through others that match too, newest (`b`) or oldest (`f`) first. */
export function listChildren(db: Queryable, query: ChildrenQuery): Promise<EventRow[]> {
  const { sql, values } = scopeCondition(query);
  const { roomId, relType, eventType } = query;
  const matches = `e.room_id = ? ${relType === undefined ? '' : 'AND e.rel_type = ?'} ${eventType === undefined ? '' : 'AND e.type = ?'}`;
  const matchValues = [roomId, relType, eventType].filter((value) => value !== undefined);
  return db.all<EventRow>(
    `WITH RECURSIVE related (event_id, position, depth) AS (
       SELECT e.event_id, e.position, 1 FROM events e WHERE e.relates_to = ? AND ${matches}
       UNION
       SELECT e.event_id, e.position, r.depth + 1 FROM related r JOIN events e ON e.relates_to = r.event_id
       WHERE r.depth < ? AND ${matches}
     )
     SELECT DISTINCT ${eventColumns} FROM related r JOIN events e ON e.position = r.position
     WHERE e.position > ? AND e.position <= ? AND ${sql}
     ORDER BY e.position ${query.direction === 'b' ? 'DESC' : 'ASC'} LIMIT ?`,
    query.eventId,
    ...matchValues,
    query.depth,
    ...matchValues,
    query.after,
    query.upto,
    ...values,
    query.limit,
  );
}

/** A thread by its root and its newest event. */
export interface ThreadPlace {
  rootId: string;
  newest: number;
}

/**
 * The threads of a room whose newest event is at or before a position, the liveliest first; with `participant` only
 * those whose root or one of whose events that person sent.
 */
export function listThreads(
  db: Queryable,
  roomId: string,
  {
    upto,
    limit,
    participant,
    ...scope
  }: ChildScope & { upto: number; limit: number; participant?: string | undefined },
): Promise<ThreadPlace[]> {
  const { sql, values } = scopeCondition(scope);
  const later = scopeCondition(scope, 'later');
  const isIn = `AND (root.sender = ? OR EXISTS (SELECT 1 FROM events own WHERE own.relates_to = e.relates_to
    AND own.rel_type = 'm.thread' AND own.room_id = e.room_id AND own.sender = ?))`;
  return db.all<ThreadPlace>(
    `SELECT e.relates_to AS rootId, e.position AS newest FROM events e
     JOIN events root ON root.event_id = e.relates_to AND root.room_id = e.room_id
     WHERE e.room_id = ? AND e.rel_type = 'm.thread' AND e.position <= ? AND ${sql}
       AND NOT EXISTS (SELECT 1 FROM events later WHERE later.relates_to = e.relates_to AND later.rel_type = 'm.thread'
         AND later.room_id = e.room_id AND later.position > e.position AND ${later.sql})
       ${participant === undefined ? '' : isIn}
     ORDER BY e.position DESC LIMIT ?`,
    roomId,
    upto,
    ...values,
    ...later.values,
    ...(participant === undefined ? [] : [participant, participant]),
    limit,
  );
}
