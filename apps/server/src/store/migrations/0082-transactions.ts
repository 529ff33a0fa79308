import type { Migration } from '@sotto/sql';

/** What a repeated request answers is the same for all of them, and was never looked at. */
export const plainTransactions: Migration = {
  name: 'plain-transactions',
  sql: 'ALTER TABLE transactions DROP COLUMN result;',
};
