import type { Migration } from '@sotto/sql';

/** Finds what has just changed for anybody, which is read once for all who wait. */
export const ownChanges: Migration = {
  name: 'own-changes',
  sql: `
CREATE INDEX account_data_recent ON account_data (position, user_id);
CREATE INDEX push_rules_recent ON push_rules (position, user_id);
CREATE INDEX signature_changes_recent ON signature_changes (position);
`,
};
