import type { Migration } from '@sotto/sql';

/** Finds what was read lately in one room, however many members have read there before. */
export const roomReceipts: Migration = {
  name: 'room-receipts',
  sql: `CREATE INDEX receipts_by_room ON receipts (room_id, position);`,
};
