import type { Migration } from '@sotto/sql';

/** Those whose words are hidden are read at every start: without looking at all the others. */
export const erasedPeople: Migration = {
  name: 'erased-people',
  sql: 'CREATE INDEX users_erased ON users (user_id) WHERE is_erased = 1;',
};
