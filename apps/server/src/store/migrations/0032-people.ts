import type { Migration } from '@sotto/sql';

/**
 * Finding people, and reports about them. `rooms.is_open`: anyone may join the room or read it, so that whoever is in it
 * can be found by everybody. `user_names.folded` is the display name in the form in which it is compared.
 */
export const people: Migration = {
  name: 'people',
  sql: `
ALTER TABLE rooms ADD COLUMN is_open INTEGER NOT NULL DEFAULT 0;
CREATE TABLE user_names (
  user_id TEXT PRIMARY KEY,
  folded TEXT NOT NULL
);
CREATE TABLE reports (
  report_id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  reporter TEXT NOT NULL,
  room_id TEXT,
  event_id TEXT,
  user_id TEXT,
  reason TEXT NOT NULL,
  score INTEGER,
  created_at_ms INTEGER NOT NULL
);
`,
};
