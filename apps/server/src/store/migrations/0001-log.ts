import type { Migration } from '@sotto/sql';

/** The counter of the log, and facts about this server that must survive (its secrets are files, not rows). */
export const log: Migration = {
  name: 'log',
  sql: `
CREATE TABLE log_head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  position INTEGER NOT NULL
);
INSERT INTO log_head (id, position) VALUES (1, 0);
CREATE TABLE server_facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
`,
};
