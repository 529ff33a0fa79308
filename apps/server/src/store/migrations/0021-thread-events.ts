import type { Migration } from '@sotto/sql';

/** Finds what was said in threads where the rest of a room is read: unread counts look at nothing else there. */
export const threadEvents: Migration = {
  name: 'thread-events',
  sql: `CREATE INDEX events_in_threads ON events (room_id, position) WHERE rel_type = 'm.thread';`,
};
