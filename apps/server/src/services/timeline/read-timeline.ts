import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { type EventRow, eventsBackwards, eventsForwards, getEvent } from '../../store/events.ts';
import { getStateAt } from '../../store/room-state.ts';
import type { Requester } from '../accounts/requester.ts';
import type { RawJson } from '../raw-json.ts';
import { makeToken } from '../sync/token.ts';
import { eventText } from './client-event.ts';
import { readableTimeline } from './room-access.ts';
import { isReadable, type PositionRange } from './visibility.ts';

export interface PageRequest {
  requester: Requester;
  roomId: string;
  direction: 'b' | 'f';
  /** Events at or before it (backwards), after it (forwards). The newest, or the oldest, when left out. */
  from?: number;
  to?: number;
  limit: number;
  /** Whether the member events of the senders come with the page. */
  lazyLoadMembers: boolean;
  /** Which events are wanted; all, when left out. */
  isWanted?: (row: EventRow) => boolean;
}

export interface Page {
  chunk: RawJson[];
  start: string;
  /** Left out when there is nothing more that way. */
  end?: string;
  state?: RawJson[];
}

export interface ReadTimeline {
  /** Pages through a room (specification, GET /rooms/{roomId}/messages). @throws MatrixError M_FORBIDDEN */
  page(request: PageRequest): Promise<Page>;
  /** One event. @throws MatrixError M_NOT_FOUND when it is not there for this person */
  event(requester: Requester, roomId: string, eventId: string): Promise<RawJson>;
}

export function createReadTimeline(parts: { db: Queryable; newest: () => number }): ReadTimeline {
  const { db, newest } = parts;

  async function memberEvents(rows: readonly EventRow[], request: PageRequest): Promise<RawJson[]> {
    const newestOf = new Map<string, number>();
    for (const row of rows) newestOf.set(row.sender, Math.max(newestOf.get(row.sender) ?? 0, row.position));
    const found: RawJson[] = [];
    for (const [sender, position] of newestOf) {
      const row = await getStateAt(db, { roomId: request.roomId, type: 'm.room.member', stateKey: sender, position });
      if (row !== undefined) found.push(eventText(row, { withRoomId: true }));
    }
    return found;
  }

  return {
    async page(request) {
      const { requester, roomId, direction, lazyLoadMembers } = request;
      const ranges = await readableTimeline(db, requester.userId, roomId);
      const start = request.from ?? (direction === 'b' ? newest() : 0);
      const { rows, end } = await readPage(db, { ...request, start, ranges });
      const page: Page = {
        chunk: rows.map((row) => eventText(row, { withRoomId: true, viewer: requester })),
        start: makeToken(start),
      };
      if (end !== undefined) page.end = makeToken(end);
      if (lazyLoadMembers) page.state = await memberEvents(rows, request);
      return page;
    },
    async event(requester, roomId, eventId) {
      const row = await getEvent(db, eventId);
      const ranges = await readableTimeline(db, requester.userId, roomId);
      if (row === undefined || row.roomId !== roomId || !isReadable(ranges, row.position)) {
        throw new MatrixError('M_NOT_FOUND', 'There is no such event here for you.');
      }
      return eventText(row, { withRoomId: true, viewer: requester });
    },
  };
}

/** How many rows a page may look through when most of them are not wanted. */
const mostRowsRead = 5_000;

/** Reads until the page is full, the ranges end, or enough was looked at. `end` is where to go on. */
async function readPage(
  db: Queryable,
  request: PageRequest & { start: number; ranges: readonly PositionRange[] },
): Promise<{ rows: EventRow[]; end?: number }> {
  const { roomId, direction, start, to, limit, isWanted = () => true } = request;
  const rows: EventRow[] = [];
  let read = 0;
  const ranges = direction === 'b' ? request.ranges.toReversed() : request.ranges;
  for (const range of ranges) {
    // `(after, upto]` of what is left of this range.
    let after = Math.max(range.from - 1, direction === 'f' ? start : (to ?? 0));
    let upto = Math.min(range.upto, direction === 'b' ? start : (to ?? range.upto));
    while (after < upto) {
      const count = Math.min(Math.max(limit, 50), 500);
      const query = { after, upto, limit: count };
      const batch =
        direction === 'b' ? await eventsBackwards(db, roomId, query) : await eventsForwards(db, roomId, query);
      for (const row of batch) {
        read++;
        if (isWanted(row)) rows.push(row);
        const next = direction === 'b' ? row.position - 1 : row.position;
        if (rows.length >= limit || read >= mostRowsRead) return { rows, end: next };
        if (direction === 'b') upto = next;
        else after = next;
      }
      if (batch.length < count) break;
    }
  }
  return { rows };
}
