import type { Queryable } from '@sotto/sql';
import { type EventRow, eventsBackwards } from '../../../store/events.ts';
import { listStateChanges } from '../../../store/room-state.ts';
import type { ShareInTurn } from '../../share-in-turn.ts';
import type { EventFilter } from '../../timeline/event-filter.ts';
import type { PositionRange } from '../../timeline/visibility.ts';
import type { SyncRange } from './range.ts';
import { summaryTypes } from './summary.ts';

/** The newest events of a room in a range, oldest first. `from`: the position just before the first of them. */
export interface TimelinePart {
  rows: EventRow[];
  isLimited: boolean;
  from: number;
  /** Whether something was written, wanted or not, that may change the room's summary. */
  hasSummaryNews: boolean;
}

/** Which events are wanted, and how many of them at most. */
export interface Wanted {
  filter: EventFilter;
  limit: number;
}

/** How many events a timeline looks through when most of them are not wanted. */
const mostRowsRead = 2_000;

/**
 * Reads what was written in rooms that the reader has been in since before the range. Rooms in which nothing was written
 * have no entry.
 */
export async function timelinesOf(
  db: Queryable,
  roomIds: Iterable<string>,
  { since, upto, share, ...wanted }: SyncRange & Wanted & { share: ShareInTurn<EventRow[]> },
): Promise<Map<string, TimelinePart>> {
  const parts = new Map<string, TimelinePart>();
  if (since >= upto) return parts;
  const read: typeof eventsBackwards = (_db, roomId, range) =>
    share(`${roomId} ${range.after} ${range.upto} ${range.limit}`, () => eventsBackwards(db, roomId, range));
  for (const roomId of roomIds) {
    const part = await newestOf(db, roomId, { ...wanted, read, ranges: [{ from: 0, upto }], after: since, upto });
    if (part !== undefined) parts.set(roomId, part);
  }
  return parts;
}

/** Where a timeline is read: `(after, upto]`, as far as `ranges` lets the reader see. */
export interface ReadableSpan extends Wanted {
  ranges: readonly PositionRange[];
  after: number;
  upto: number;
  /**
   * Up to here the state is the reader's to see: what of it was set where they couldn't look is put in its place. Otherwise
   * what the timeline says of an earlier time would seem to hold.
   */
  stateOfGapsUpto?: number;
  /** How events are read, where others may have read the same. */
  read?: typeof eventsBackwards;
}

/** The newest wanted events of a room in a span; undefined when nothing was written there. */
export async function newestOf(db: Queryable, roomId: string, span: ReadableSpan): Promise<TimelinePart | undefined> {
  const { filter, limit, after, upto } = span;
  if (!filter.includesRoom(roomId)) return { rows: [], isLimited: false, from: upto, hasSummaryNews: true };
  const newestFirst: EventRow[] = [];
  let read = 0;
  let hasSummaryNews = false;
  for await (const batch of batchesBackwards(db, roomId, span)) {
    read += batch.length;
    hasSummaryNews ||= batch.some(isSummaryNews);
    newestFirst.push(...(await filter.select(db, batch)));
    if (newestFirst.length > limit) break;
    const last = batch.at(-1);
    if (read >= mostRowsRead && last !== undefined) {
      return { rows: newestFirst.reverse(), isLimited: true, from: last.position - 1, hasSummaryNews: true };
    }
  }
  // What lies before the first readable event is no part of this timeline: its state stands at the start.
  const since = Math.max(after, (span.ranges[0]?.from ?? 0) - 1);
  if (read === 0) return undefined;
  const part = cut(newestFirst, { since, limit, upto });
  return { ...part, hasSummaryNews: hasSummaryNews || part.isLimited };
}

async function* batchesBackwards(db: Queryable, roomId: string, span: ReadableSpan): AsyncGenerator<EventRow[]> {
  const { ranges, after, upto, filter, limit, stateOfGapsUpto = 0, read = eventsBackwards } = span;
  const size = filter.isOpen ? limit + 1 : Math.max(50, 2 * limit);
  let gapEnd: number | undefined;
  for (const range of ranges.toReversed()) {
    let end = Math.min(range.upto, upto);
    const start = Math.max(range.from - 1, after);
    if (gapEnd !== undefined) {
      const at = Math.min(upto, stateOfGapsUpto);
      const gap = { since: Math.max(end, after), upto: Math.min(gapEnd, at), at };
      if (gap.upto > gap.since) yield (await listStateChanges(db, roomId, gap)).reverse();
    }
    gapEnd = start;
    while (start < end) {
      const batch = await read(db, roomId, { after: start, upto: end, limit: size });
      if (batch.length > 0) yield batch;
      if (batch.length < size) break;
      end = (batch.at(-1) as EventRow).position - 1;
    }
  }
}

const isSummaryNews = (row: EventRow) => summaryTypes.has(row.type);

function cut(
  newestFirst: EventRow[],
  place: { since: number; limit: number; upto: number },
): Omit<TimelinePart, 'hasSummaryNews'> {
  const { since, limit, upto } = place;
  if (newestFirst.length <= limit) return { rows: newestFirst.reverse(), isLimited: false, from: since };
  const rows = newestFirst.slice(0, limit).reverse();
  return { rows, isLimited: true, from: rows[0] === undefined ? upto : rows[0].position - 1 };
}
