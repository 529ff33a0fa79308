import { clampLimit, compileSyncFilter, type EventMatcher, SyncFilter as SyncFilterSchema } from '@sotto/protocol';
import { createCheck } from '@sotto/protocol/check.ts';
import { createMemo } from '@sotto/sql';
import { createEventFilter, type EventFilter, parseFilter } from '../timeline/event-filter.ts';

/** The filter of a sync made ready (specification, "Filtering"). */
export interface SyncFilter {
  includesRoom: (roomId: string) => boolean;
  includesEveryRoom: boolean;
  includeLeave: boolean;
  timeline: EventFilter;
  /** How many events a timeline has at most. */
  timelineLimit: number;
  state: EventFilter;
  lazyLoadMembers: boolean;
  includeRedundantMembers: boolean;
  /** Whether what is unread in threads is counted apart. */
  unreadThreads: boolean;
  ephemeral: EventMatcher;
  roomAccountData: EventMatcher;
  accountData: EventMatcher;
  presence: EventMatcher;
  eventFields: readonly string[] | undefined;
  format: 'client' | 'federation' | undefined;
}

const mostEvents = 100;
const fewestEvents = 10;
const check = createCheck(SyncFilterSchema);

/**
 * Makes a filter ready.
 * @throws MatrixError M_BAD_JSON when it is not what the specification says a filter is
 */
export function readFilter(definition: unknown): SyncFilter {
  const filter = check(definition);
  const matcher = compileSyncFilter(filter);
  const { timeline = {}, state = {} } = filter.room ?? {};
  return {
    includesRoom: matcher.includesRoom,
    includesEveryRoom: filter.room?.rooms === undefined && filter.room?.not_rooms === undefined,
    includeLeave: matcher.includeLeave,
    timeline: createEventFilter(timeline),
    timelineLimit: clampLimit(timeline.limit, { fallback: fewestEvents, max: mostEvents }),
    state: createEventFilter(state),
    lazyLoadMembers: matcher.state.lazyLoadMembers || matcher.timeline.lazyLoadMembers,
    includeRedundantMembers: matcher.state.includeRedundantMembers || matcher.timeline.includeRedundantMembers,
    unreadThreads: matcher.timeline.unreadThreadNotifications,
    ephemeral: matcher.ephemeral,
    roomAccountData: matcher.roomAccountData,
    accountData: matcher.accountData,
    presence: matcher.presence,
    eventFields: matcher.eventFields,
    format: filter.event_format,
  };
}

/** Longer filters are made ready anew each time: people choose how long theirs are, and memory is shared. */
const longestKept = 8192;

/** Reads filters from their JSON text; the same text, asked for by every poll of a client, is made ready once. */
export function createFilterReader(): (text: string) => SyncFilter {
  const known = createMemo<SyncFilter>(200);
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const filter = readFilter(parseFilter(text));
    if (text.length <= longestKept) known.set(text, filter);
    return filter;
  };
}
