import type { Queryable } from '@sotto/sql';
import { type EventRow, eventColumns } from './events.ts';

/**
 * Finding events of a room by when they were sent. Nearly every event is as new as all before it (`is_late = 0`), so
 * that among those time follows the position and the place of a time is found by halving; what application services
 * and wrong clocks dated back is `is_late = 1` and has an index. One index less for each message to be written into.
 */

interface Moment {
  position: number;
  ts: number;
}

interface Range {
  from: number;
  upto: number;
}

/**
 * The earliest event at or after a time (`f`), or the latest at or before it (`b`), within ranges of positions.
 * Of events of the same millisecond the first (`f`) or last (`b`) that was written.
 */
export async function findEventByTime(
  db: Queryable,
  roomId: string,
  { ts, direction, ranges }: { ts: number; direction: 'b' | 'f'; ranges: readonly Range[] },
): Promise<EventRow | undefined> {
  const found: Moment[] = [];
  for (const range of ranges) {
    const inOrder = await (direction === 'f' ? firstFrom : lastUpTo)(db, roomId, { ts, ...range });
    const late = await lateNear(db, roomId, { ts, direction, ...range });
    for (const moment of [inOrder, late]) if (moment !== undefined) found.push(moment);
  }
  const sign = direction === 'f' ? 1 : -1;
  const [nearest] = found.sort((a, b) => sign * (a.ts - b.ts || a.position - b.position));
  if (nearest === undefined) return undefined;
  return db.get<EventRow>(`SELECT ${eventColumns} FROM events e WHERE e.position = ?`, nearest.position);
}

/** Positions of events that are no state and were sent up to a time, the oldest of each kind first. */
export async function listMessagesBefore(
  db: Queryable,
  roomId: string,
  { beforeMs, limit }: { beforeMs: number; limit: number },
): Promise<number[]> {
  const inOrder = await db.all<Moment>(
    `SELECT position, origin_server_ts AS ts FROM events WHERE room_id = ? AND is_late = 0 AND state_key IS NULL
     ORDER BY position LIMIT ?`,
    roomId,
    limit,
  );
  const late = await db.all<Moment>(
    `SELECT position, origin_server_ts AS ts FROM events WHERE room_id = ? AND is_late = 1 AND state_key IS NULL
       AND origin_server_ts <= ? ORDER BY origin_server_ts, position LIMIT ?`,
    roomId,
    beforeMs,
    limit,
  );
  const old = [...late, ...inOrder].filter(({ ts }) => ts <= beforeMs);
  return old.slice(0, limit).map(({ position }) => position);
}

/** When the oldest event of a room that is no state was sent. */
export async function oldestMessageMs(db: Queryable, roomId: string): Promise<number | undefined> {
  const inOrder = await db.get<{ ts: number }>(
    `SELECT origin_server_ts AS ts FROM events WHERE room_id = ? AND is_late = 0 AND state_key IS NULL
     ORDER BY position LIMIT 1`,
    roomId,
  );
  const late = await db.get<{ ts: number }>(
    `SELECT origin_server_ts AS ts FROM events WHERE room_id = ? AND is_late = 1 AND state_key IS NULL
     ORDER BY origin_server_ts LIMIT 1`,
    roomId,
  );
  if (inOrder === undefined || late === undefined) return (inOrder ?? late)?.ts;
  return Math.min(inOrder.ts, late.ts);
}

/** The first event in order at or after a time. */
async function firstFrom(db: Queryable, roomId: string, range: Range & { ts: number }): Promise<Moment | undefined> {
  // Invariant: whatever lies before `low` is older than the time; the answer, if there is one, lies at or before `best`.
  let low = range.from;
  let high = await lastWithin(db, roomId, range);
  if (high === undefined || high.ts < range.ts) return undefined;
  while (low < high.position) {
    const middle = low + Math.floor((high.position - low) / 2);
    const found = await lastWithin(db, roomId, { from: low, upto: middle });
    if (found === undefined || found.ts < range.ts) low = middle + 1;
    else high = found;
  }
  return high;
}

/** The last event in order at or before a time. */
async function lastUpTo(db: Queryable, roomId: string, range: Range & { ts: number }): Promise<Moment | undefined> {
  const later = await firstFrom(db, roomId, { ...range, ts: range.ts + 1 });
  return lastWithin(db, roomId, { from: range.from, upto: later === undefined ? range.upto : later.position - 1 });
}

/** The last event in order within a range. */
function lastWithin(db: Queryable, roomId: string, { from, upto }: Range): Promise<Moment | undefined> {
  return db.get<Moment>(
    `SELECT position, origin_server_ts AS ts FROM events WHERE room_id = ? AND position BETWEEN ? AND ? AND is_late = 0
     ORDER BY position DESC LIMIT 1`,
    roomId,
    from,
    upto,
  );
}

function lateNear(
  db: Queryable,
  roomId: string,
  { ts, direction, from, upto }: Range & { ts: number; direction: 'b' | 'f' },
): Promise<Moment | undefined> {
  const [comparison, order] = direction === 'f' ? ['>=', 'ASC'] : ['<=', 'DESC'];
  return db.get<Moment>(
    `SELECT position, origin_server_ts AS ts FROM events WHERE room_id = ? AND is_late = 1
       AND origin_server_ts ${comparison} ? AND position BETWEEN ? AND ?
     ORDER BY origin_server_ts ${order}, position ${order} LIMIT 1`,
    roomId,
    ts,
    from,
    upto,
  );
}
