import type { Migration } from '@sotto/sql';

/** Finds what changed for a person without walking over all of their rooms. */
export const ownRooms: Migration = {
  name: 'own rooms',
  sql: `CREATE INDEX memberships_by_user ON memberships (user_id, position, is_forgotten);`,
};
