import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { type EventRow, getEvent, listEventsById } from '../../store/events.ts';
import { listChildren, listThreads } from '../../store/relations.ts';
import type { Requester } from '../accounts/requester.ts';
import type { RawJson } from '../raw-json.ts';
import { makeToken } from '../sync-token.ts';
import { readIgnoredUsers } from './ignored-users.ts';
import { readableHistory } from './room-access.ts';
import type { ShowEvents } from './show-events.ts';
import { isReadable } from './visibility.ts';

export interface RelationsRequest {
  requester: Requester;
  roomId: string;
  eventId: string;
  relType?: string;
  eventType?: string;
  direction: 'b' | 'f';
  /** Events at or before it (backwards), after it (forwards). */
  from: number | undefined;
  to: number | undefined;
  limit: number;
  /** Whether what relates to the children counts too. */
  recurses: boolean;
}

export interface RelationsPage {
  chunk: RawJson[];
  next_batch?: string;
  prev_batch?: string;
  recursion_depth?: number;
}

export interface ThreadsRequest {
  requester: Requester;
  roomId: string;
  include: 'all' | 'participated';
  /** Threads whose newest event is at or before it. */
  from: number | undefined;
  limit: number;
}

/** What relates to an event, and the threads of a room (specification, "Relationships API", "Querying threads in a room"). */
export interface ReadRelations {
  /** @throws MatrixError M_FORBIDDEN, M_NOT_FOUND when the event is not there for this person */
  children(request: RelationsRequest): Promise<RelationsPage>;
  /** The roots of threads, the liveliest first. @throws MatrixError M_FORBIDDEN */
  threads(request: ThreadsRequest): Promise<{ chunk: RawJson[]; next_batch?: string }>;
}

/** How many relations are followed from the event; the specification recommends at least three. */
const recursionDepth = 3;

export function createReadRelations(parts: { db: Queryable; newest: () => number; show: ShowEvents }): ReadRelations {
  const { db, newest, show } = parts;
  return {
    async children({ requester, roomId, eventId, relType, eventType, from, to, limit, ...request }) {
      const history = await readableHistory(db, requester.userId, roomId);
      const parent = await getEvent(db, eventId);
      if (parent?.roomId !== roomId || !isReadable(history.ranges, parent.position))
        throw new MatrixError('M_NOT_FOUND', 'There is no such event here for you.');
      const isBackwards = request.direction === 'b';
      const rows = await listChildren(db, {
        ...{ roomId, eventId, relType, eventType },
        ranges: history.ranges,
        ignored: [...(await readIgnoredUsers(db, requester.userId))],
        depth: request.recurses ? recursionDepth : 1,
        after: (isBackwards ? to : from) ?? 0,
        upto: (isBackwards ? from : to) ?? newest(),
        direction: request.direction,
        limit: limit + 1,
      });
      const chunk = rows.slice(0, limit);
      const last = chunk.at(-1);
      return {
        chunk: await show.timeline(chunk, requester, history),
        ...(last !== undefined &&
          rows.length > limit && { next_batch: makeToken(isBackwards ? last.position - 1 : last.position) }),
        ...(from !== undefined && { prev_batch: makeToken(from) }),
        ...(request.recurses && { recursion_depth: recursionDepth }),
      };
    },
    async threads({ requester, roomId, include, from, limit }) {
      const history = await readableHistory(db, requester.userId, roomId);
      const found = await listThreads(db, roomId, {
        ranges: history.ranges,
        ignored: [...(await readIgnoredUsers(db, requester.userId))],
        upto: from ?? newest(),
        limit: limit + 1,
        participant: include === 'participated' ? requester.userId : undefined,
      });
      const page = found.slice(0, limit);
      const roots = new Map(
        (
          await listEventsById(
            db,
            page.map((thread) => thread.rootId),
          )
        ).map((row) => [row.eventId, row]),
      );
      const rows = page
        .map((thread) => roots.get(thread.rootId))
        .filter((row): row is EventRow => row !== undefined && isReadable(history.ranges, row.position));
      const last = page.at(-1);
      return {
        chunk: await show.timeline(rows, requester, history),
        ...(last !== undefined && found.length > limit && { next_batch: makeToken(last.newest - 1) }),
      };
    },
  };
}
