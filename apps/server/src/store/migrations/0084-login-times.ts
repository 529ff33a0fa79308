import type { Migration } from '@sotto/sql';

/** A device's time is that of the last login under its id, since an id may be used again. */
export const loginTimes: Migration = {
  name: 'login-times',
  sql: 'ALTER TABLE devices RENAME COLUMN created_at_ms TO logged_in_at_ms;',
};
