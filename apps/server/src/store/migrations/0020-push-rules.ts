import type { Migration } from '@sotto/sql';

/** What people changed about their push rules; who changed nothing has no row. `position` places it in sync. */
export const pushRules: Migration = {
  name: 'push-rules',
  sql: `
CREATE TABLE push_rules (
  user_id TEXT PRIMARY KEY,
  rules TEXT NOT NULL,
  position INTEGER NOT NULL
);
`,
};
