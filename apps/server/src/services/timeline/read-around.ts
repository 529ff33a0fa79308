import type { Queryable } from '@sotto/sql';
import type { EventRow } from '../../store/events.ts';
import type { RawJson } from '../raw-json.ts';
import { makeToken } from '../sync-token.ts';
import type { EventFilter } from './event-filter.ts';
import { ignoring, readIgnoredUsers } from './ignored-users.ts';
import { readPage } from './read-page.ts';
import type { ShowEvents } from './show-events.ts';
import type { OwnHistory } from './visibility.ts';

export interface AroundRequest {
  viewer: { userId: string; deviceId: string };
  history: OwnHistory;
  filter: EventFilter;
  beforeLimit: number;
  afterLimit: number;
}

/** An event with what stands around it, as it is shown. */
export interface EventAround {
  event: RawJson;
  /** What `context` has of it, also in a search result. */
  context: { start: string; end: string; events_before: RawJson[]; events_after: RawJson[] };
  /** The event and those around it. */
  rows: EventRow[];
  /** Position of the last of them. */
  end: number;
}

/** Reads what stands around an event that the viewer may read (specification, "Event context"). */
export async function readAround(
  { db, show }: { db: Queryable; show: ShowEvents },
  row: EventRow,
  { viewer, history, filter, beforeLimit, afterLimit }: AroundRequest,
): Promise<EventAround> {
  const { roomId, position } = row;
  const wanted = ignoring(filter, await readIgnoredUsers(db, viewer.userId));
  const span = { roomId, filter: wanted, ranges: history.ranges };
  const before = (await readPage(db, { ...span, direction: 'b', start: position - 1, limit: beforeLimit })).rows;
  const after = (await readPage(db, { ...span, direction: 'f', start: position, limit: afterLimit })).rows;
  const rows = [row, ...before, ...after];
  const [event, ...others] = await show.timeline(rows, viewer, history);
  const end = (after.at(-1) ?? row).position;
  const context = {
    start: makeToken((before.at(-1) ?? row).position - 1),
    end: makeToken(end),
    events_before: others.slice(0, before.length),
    events_after: others.slice(before.length),
  };
  return { event: event as RawJson, context, rows, end };
}
