import type { Queryable } from '@sotto/sql';
import { type EventRow, eventsBackwards, eventsForwards } from '../../store/events.ts';
import type { EventFilter } from './event-filter.ts';
import type { PositionRange } from './visibility.ts';

/** Where to read in a room, and what of it. */
export interface PageSpan {
  roomId: string;
  direction: 'b' | 'f';
  /** Events at or before it (backwards), after it (forwards). */
  start: number;
  /** Where to stop: events after it (backwards), at or before it (forwards). */
  to?: number | undefined;
  limit: number;
  filter: EventFilter;
  ranges: readonly PositionRange[];
}

/** The events of a page in the direction asked for, and where the next one begins (undefined when there is none). */
export interface PageRows {
  rows: EventRow[];
  next: number | undefined;
}

/** How many rows a page may look through when most of them are not wanted. */
const mostRowsRead = 5_000;

/** Reads until the page is full, the ranges end, or enough was looked at. */
export async function readPage(db: Queryable, span: PageSpan): Promise<PageRows> {
  const { direction, filter, limit } = span;
  const isBackwards = direction === 'b';
  const nextOf = (row: EventRow) => (isBackwards ? row.position - 1 : row.position);
  const rows: EventRow[] = [];
  let read = 0;
  for await (const batch of batches(db, span)) {
    for (const row of await filter.select(db, batch)) {
      rows.push(row);
      if (rows.length === limit) return { rows, next: nextOf(row) };
    }
    read += batch.length;
    if (read >= mostRowsRead) return { rows, next: nextOf(batch.at(-1) as EventRow) };
  }
  const last = rows.at(-1);
  return { rows, next: last === undefined ? undefined : nextOf(last) };
}

async function* batches(db: Queryable, span: PageSpan): AsyncGenerator<EventRow[]> {
  const { roomId, direction, start, to, limit, filter } = span;
  if (limit <= 0 || !filter.includesRoom(roomId)) return;
  const isBackwards = direction === 'b';
  const size = filter.isOpen ? limit : Math.min(Math.max(limit, 50), 500);
  for (const range of isBackwards ? span.ranges.toReversed() : span.ranges) {
    // `(after, upto]` of what is left of this range.
    let after = Math.max(range.from - 1, isBackwards ? (to ?? 0) : start);
    let upto = Math.min(range.upto, isBackwards ? start : (to ?? range.upto));
    while (after < upto) {
      const query = { after, upto, limit: size };
      const batch = await (isBackwards ? eventsBackwards : eventsForwards)(db, roomId, query);
      const last = batch.at(-1);
      if (last === undefined) break;
      yield batch;
      if (batch.length < size) break;
      if (isBackwards) upto = last.position - 1;
      else after = last.position;
    }
  }
}
