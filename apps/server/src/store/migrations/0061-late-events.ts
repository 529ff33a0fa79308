import type { Migration } from '@sotto/sql';

/**
 * An index of every event by its time cost each message a page of its own to write. Only what was dated back needs one:
 * the rest is in the order of its time already (store/event-times.ts).
 */
export const lateEvents: Migration = {
  name: 'late-events',
  sql: `
ALTER TABLE events ADD COLUMN is_late INTEGER NOT NULL DEFAULT 0;
UPDATE events SET is_late = 1 FROM (
  SELECT position AS at, MAX(origin_server_ts) OVER (PARTITION BY room_id ORDER BY position) AS latest FROM events
) AS before WHERE before.at = events.position AND events.origin_server_ts < before.latest;
DROP INDEX events_by_time;
CREATE INDEX events_late ON events (room_id, origin_server_ts, position) WHERE is_late = 1;
`,
};
