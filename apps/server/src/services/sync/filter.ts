import type { JsonObject } from '@sotto/protocol';

/** What of a filter the sync acts on (specification, "Filtering"). */
export interface SyncFilter {
  timelineLimit: number;
  lazyLoadMembers: boolean;
  includeLeave: boolean;
  /** Whether what is unread in threads is counted apart. */
  unreadThreads: boolean;
}

const mostEvents = 100;

export function readFilter(definition: JsonObject): SyncFilter {
  const room = asObject(definition.room);
  const timeline = asObject(room.timeline);
  const state = asObject(room.state);
  const limit = typeof timeline.limit === 'number' ? timeline.limit : 10;
  return {
    timelineLimit: Math.max(0, Math.min(mostEvents, limit)),
    lazyLoadMembers: state.lazy_load_members === true || timeline.lazy_load_members === true,
    includeLeave: room.include_leave === true,
    unreadThreads: timeline.unread_thread_notifications === true,
  };
}

function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
