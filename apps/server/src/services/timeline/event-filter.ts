import { compileEventFilter, type FilterableEvent, MatrixError, RoomEventFilter } from '@sotto/protocol';
import { createCheck } from '@sotto/protocol/check.ts';
import type { Queryable } from '@sotto/sql';
import type { EventRow } from '../../store/events.ts';
import { listRelatedTo } from '../../store/relations.ts';

/** A filter over stored events. */
export interface EventFilter {
  /** True when it takes every event. */
  readonly isOpen: boolean;
  readonly limit: number | undefined;
  readonly lazyLoadMembers: boolean;
  readonly includeRedundantMembers: boolean;
  readonly includesRoom: (roomId: string) => boolean;
  /** Those of these events that it takes, in their order. Contents and relations are looked at only where it asks. */
  select(db: Queryable, rows: EventRow[]): Promise<EventRow[]>;
}

/** Makes a filter of the specification ("Filtering", RoomEventFilter) ready for stored events. */
export function createEventFilter(definition: RoomEventFilter): EventFilter {
  const { related_by_rel_types: relTypes, related_by_senders: senders } = definition;
  const asksForRelations = relTypes !== undefined || senders !== undefined;
  // Found for a whole batch before its events are matched, for matching itself can't wait.
  let related: ReadonlySet<string> = new Set();
  const matcher = compileEventFilter(definition, (eventId) => related.has(eventId));
  return {
    isOpen: matcher.isOpen,
    limit: matcher.limit,
    lazyLoadMembers: matcher.lazyLoadMembers,
    includeRedundantMembers: matcher.includeRedundantMembers,
    includesRoom: matcher.includesRoom,
    async select(db, rows) {
      if (matcher.isOpen || rows.length === 0) return rows;
      const found = asksForRelations
        ? await listRelatedTo(
            db,
            rows.map((row) => row.eventId),
            { relTypes, senders },
          )
        : [];
      related = new Set(found);
      return rows.filter((row) => matcher.matches(filterable(row)));
    },
  };
}

function filterable(row: EventRow): FilterableEvent {
  const { type, sender, roomId, eventId, json } = row;
  return { type, sender, roomId, eventId, content: () => (JSON.parse(json) as { content: object }).content as never };
}

const check = createCheck(RoomEventFilter);

/**
 * Reads a filter from the JSON text of a query; without one it is the filter that takes every event.
 * @throws MatrixError M_NOT_JSON, M_BAD_JSON
 */
export function readEventFilter(text: string | undefined): EventFilter {
  return text === undefined || text === '' ? openFilter : createEventFilter(check(parseFilter(text)));
}

/** The JSON of a filter's text. @throws MatrixError M_NOT_JSON */
export function parseFilter(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MatrixError('M_NOT_JSON', 'The filter is not JSON.');
  }
}

/** The filter that takes every event. */
export const openFilter: EventFilter = createEventFilter({});
