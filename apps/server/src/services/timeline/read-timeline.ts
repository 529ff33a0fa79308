import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { findEventByTime } from '../../store/event-times.ts';
import { type EventRow, getEvent } from '../../store/events.ts';
import { listMembersAt, listStateAt, listStateOfTypesAt } from '../../store/room-state.ts';
import type { Requester } from '../accounts/requester.ts';
import type { RawJson } from '../raw-json.ts';
import { makeToken } from '../sync-token.ts';
import type { EventFilter } from './event-filter.ts';
import { ignoring, readIgnoredUsers } from './ignored-users.ts';
import { readAround } from './read-around.ts';
import { readPage } from './read-page.ts';
import { readableHistory } from './room-access.ts';
import type { ShowEvents } from './show-events.ts';
import { isReadable } from './visibility.ts';

export interface PageRequest {
  requester: Requester;
  roomId: string;
  direction: 'b' | 'f';
  /** Events at or before it (backwards), after it (forwards). The newest, or the oldest, when left out. */
  from: number | undefined;
  to: number | undefined;
  limit: number;
  filter: EventFilter;
}

export interface Page {
  chunk: RawJson[];
  start: string;
  /** Left out when there is nothing more that way. */
  end?: string;
  state?: RawJson[];
}

export interface ContextRequest {
  requester: Requester;
  roomId: string;
  eventId: string;
  /** How many events before and after it, taken together. */
  limit: number;
  filter: EventFilter;
}

export interface EventContext {
  start: string;
  end: string;
  events_before: RawJson[];
  event: RawJson;
  events_after: RawJson[];
  state: RawJson[];
}

/** Reading what was written in a room (specification, "Getting events for a room", "Event context"). */
export interface ReadTimeline {
  /** Pages through a room. @throws MatrixError M_FORBIDDEN */
  page(request: PageRequest): Promise<Page>;
  /** One event. @throws MatrixError M_NOT_FOUND when it is not there for this person */
  event(requester: Requester, roomId: string, eventId: string): Promise<RawJson>;
  /** An event that is named without its room. @throws MatrixError M_NOT_FOUND */
  eventAnywhere(requester: Requester, eventId: string): Promise<RawJson>;
  /** An event with what stands around it. @throws MatrixError M_FORBIDDEN, M_NOT_FOUND */
  context(request: ContextRequest): Promise<EventContext>;
  /** The first readable event at or after a time (`f`), or the last at or before it. @throws MatrixError M_FORBIDDEN, M_NOT_FOUND */
  eventNear(
    requester: Requester,
    roomId: string,
    time: { ts: number; direction: 'b' | 'f' },
  ): Promise<{ event_id: string; origin_server_ts: number }>;
}

export interface ReadTimelineParts {
  db: Queryable;
  newest: () => number;
  show: ShowEvents;
}

const noSuchEvent = () => new MatrixError('M_NOT_FOUND', 'There is no such event here for you.');

export function createReadTimeline({ db, newest, show }: ReadTimelineParts): ReadTimeline {
  async function find(requester: Requester, roomId: string, eventId: string): Promise<RawJson> {
    const row = await getEvent(db, eventId);
    const history = await readableHistory(db, requester.userId, roomId).catch(() => undefined);
    if (row?.roomId !== roomId || history === undefined || !isReadable(history.ranges, row.position))
      throw noSuchEvent();
    return (await show.timeline([row], requester, history))[0] as RawJson;
  }

  async function membersOf(rows: readonly EventRow[], roomId: string): Promise<EventRow[]> {
    const userIds = [...new Set(rows.map((row) => row.sender))];
    return listMembersAt(db, roomId, { userIds, position: Math.max(0, ...rows.map((row) => row.position)) });
  }

  /** The state with no more members than wrote these events. */
  async function lazyState(rows: readonly EventRow[], roomId: string, position: number): Promise<EventRow[]> {
    const userIds = [...new Set(rows.map((row) => row.sender))];
    const others = await listStateOfTypesAt(db, roomId, { types: undefined, position });
    return [...others, ...(await listMembersAt(db, roomId, { userIds, position }))];
  }

  return {
    async page({ requester, roomId, from, ...wanted }) {
      const history = await readableHistory(db, requester.userId, roomId);
      const start = from ?? (wanted.direction === 'b' ? newest() : 0);
      const filter = ignoring(wanted.filter, await readIgnoredUsers(db, requester.userId));
      const { rows, next } = await readPage(db, { ...wanted, filter, roomId, start, ranges: history.ranges });
      const page: Page = { chunk: await show.timeline(rows, requester, history), start: makeToken(start) };
      if (next !== undefined) page.end = makeToken(next);
      if (wanted.filter.lazyLoadMembers) page.state = show.state(await membersOf(rows, roomId));
      return page;
    },
    event: find,
    async eventAnywhere(requester, eventId) {
      const row = await getEvent(db, eventId);
      if (row === undefined) throw noSuchEvent();
      return find(requester, row.roomId, eventId);
    },
    async context({ requester, roomId, eventId, limit, filter }) {
      const history = await readableHistory(db, requester.userId, roomId);
      const row = await getEvent(db, eventId);
      if (row?.roomId !== roomId || !isReadable(history.ranges, row.position)) throw noSuchEvent();
      const beforeLimit = Math.floor(limit / 2);
      const limits = { beforeLimit, afterLimit: limit - beforeLimit };
      const around = await readAround({ db, show }, row, { viewer: requester, history, filter, ...limits });
      const { event, context, rows, end } = around;
      const state = filter.lazyLoadMembers ? await lazyState(rows, roomId, end) : await listStateAt(db, roomId, end);
      return { ...context, event, state: show.state(await filter.select(db, state)) };
    },
    async eventNear(requester, roomId, time) {
      const { ranges } = await readableHistory(db, requester.userId, roomId);
      const found = await findEventByTime(db, roomId, { ...time, ranges });
      if (found === undefined) throw new MatrixError('M_NOT_FOUND', 'There is no event at that time for you.');
      return { event_id: found.eventId, origin_server_ts: found.originServerTs };
    },
  };
}
