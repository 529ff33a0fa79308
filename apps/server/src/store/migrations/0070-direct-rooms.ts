import type { Migration } from '@sotto/sql';

/** Rooms that were made as a direct chat: what an operator says of these holds for them. */
export const directRooms: Migration = {
  name: 'direct-rooms',
  sql: 'ALTER TABLE rooms ADD COLUMN is_direct INTEGER NOT NULL DEFAULT 0;',
};
