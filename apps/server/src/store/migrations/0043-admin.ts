import type { Migration } from '@sotto/sql';

/** Who changed what as an admin, and the rooms that are to go. */
export const admin: Migration = {
  name: 'admin',
  sql: `
CREATE TABLE audit_log (
  position INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  actor TEXT,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  details TEXT NOT NULL
);
CREATE TABLE room_removals (
  room_id TEXT PRIMARY KEY,
  purge_at_ms INTEGER NOT NULL
);
`,
};
