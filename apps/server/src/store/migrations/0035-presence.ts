import type { Migration } from '@sotto/sql';

/** Written when somebody goes, so that a restart forgets neither when that was nor what they said of themselves. */
export const presence: Migration = {
  name: 'presence',
  sql: `
CREATE TABLE presence (
  user_id TEXT NOT NULL PRIMARY KEY,
  status_msg TEXT,
  last_active_at_ms BIGINT
);
`,
};
