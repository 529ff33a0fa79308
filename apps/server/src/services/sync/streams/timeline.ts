import type { Queryable } from '@sotto/sql';
import { type EventRow, eventsBackwards, eventsOfAllRooms } from '../../../store/events.ts';
import { type PositionRange, readableRanges } from '../../timeline/visibility.ts';
import type { SyncRange } from './range.ts';

/** The newest events of a room in a range, oldest first. `from`: the position just before the first of them. */
export interface TimelinePart {
  rows: EventRow[];
  isLimited: boolean;
  from: number;
}

/** Events of the whole server up to which a range is read at once instead of room by room. */
const shortRange = 300;

/**
 * Reads what was written in rooms that the reader has been in since before the range. A reader who was away for a
 * moment costs one query, whatever the number of rooms.
 */
export async function timelinesOf(
  db: Queryable,
  roomIds: ReadonlySet<string>,
  { since, upto, limit }: SyncRange & { limit: number },
): Promise<Map<string, TimelinePart>> {
  const parts = new Map<string, TimelinePart>();
  if (roomIds.size === 0 || since >= upto) return parts;
  const all = await eventsOfAllRooms(db, { after: since, upto, limit: shortRange + 1 });
  if (all.length <= shortRange) {
    const mine = Map.groupBy(
      all.filter((row) => roomIds.has(row.roomId)),
      (row) => row.roomId,
    );
    for (const [roomId, rows] of mine) parts.set(roomId, cut(rows, { since, limit }));
    return parts;
  }
  for (const roomId of roomIds) {
    const rows = await eventsBackwards(db, roomId, { after: since, upto, limit: limit + 1 });
    if (rows.length > 0) parts.set(roomId, cut(rows.reverse(), { since, limit }));
  }
  return parts;
}

function cut(rows: EventRow[], { since, limit }: { since: number; limit: number }): TimelinePart {
  const kept = limit === 0 ? [] : rows.slice(-limit);
  const isLimited = rows.length > limit;
  const first = kept[0];
  if (!isLimited) return { rows: kept, isLimited, from: since };
  return { rows: kept, isLimited, from: first === undefined ? (rows.at(-1)?.position ?? since) : first.position - 1 };
}

/** The newest readable events of a room in `(after, upto]`, for a reader who came or went. */
export async function newestReadable(
  db: Queryable,
  place: { roomId: string; userId: string },
  { upto, limit, after = 0 }: { upto: number; limit: number; after?: number },
): Promise<TimelinePart> {
  const ranges = await readableRanges(db, place.userId, place.roomId);
  const rows: EventRow[] = [];
  for (const range of ranges.toReversed()) {
    const missing = limit + 1 - rows.length;
    if (missing <= 0) break;
    rows.push(...(await readRange(db, place.roomId, { range, after, upto, limit: missing })));
  }
  return cut(rows.reverse(), { since: after, limit });
}

function readRange(
  db: Queryable,
  roomId: string,
  { range, after, upto, limit }: { range: PositionRange; after: number; upto: number; limit: number },
): Promise<EventRow[]> {
  return eventsBackwards(db, roomId, {
    after: Math.max(range.from - 1, after),
    upto: Math.min(range.upto, upto),
    limit,
  });
}
