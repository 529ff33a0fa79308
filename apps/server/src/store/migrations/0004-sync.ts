import type { Migration } from '@sotto/sql';

/** What sync tells beside events: receipts, to-device messages, changes of device lists. */
export const sync: Migration = {
  name: 'sync',
  sql: `
CREATE TABLE receipts (
  room_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  receipt_type TEXT NOT NULL,
  thread_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  event_position INTEGER NOT NULL,
  ts INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (room_id, user_id, receipt_type, thread_id)
);
CREATE INDEX receipts_by_position ON receipts (position);
CREATE TABLE to_device_messages (
  position INTEGER PRIMARY KEY,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  json TEXT NOT NULL
);
CREATE INDEX to_device_messages_by_device ON to_device_messages (user_id, device_id, position);
CREATE TABLE device_list_changes (
  user_id TEXT PRIMARY KEY,
  position INTEGER NOT NULL
);
CREATE INDEX device_list_changes_by_position ON device_list_changes (position);
`,
};
