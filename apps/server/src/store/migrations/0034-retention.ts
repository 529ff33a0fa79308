import type { Migration } from '@sotto/sql';

/** Finds the rooms that say how long their events are kept. */
export const retention: Migration = {
  name: 'retention',
  sql: `CREATE INDEX retention_rooms ON room_state (room_id) WHERE type = 'm.room.retention' AND replaced_at IS NULL;`,
};
