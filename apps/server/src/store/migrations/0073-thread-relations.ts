import type { Migration } from '@sotto/sql';

/** What relates to an event of a thread is in the thread too: the index finds it where the rest of a room is read. */
export const threadRelations: Migration = {
  name: 'thread relations',
  sql: `
DROP INDEX events_in_threads;
CREATE INDEX events_in_threads ON events (room_id, position) WHERE rel_type NOT IN ('m.annotation', 'm.replace');
`,
};
