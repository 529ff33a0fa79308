import type { Migration } from '@sotto/sql';

/**
 * Room keys that a person keeps here, encrypted. A deleted backup stays as a row without content, so that its version
 * is never given out again.
 */
export const keyBackups: Migration = {
  name: 'key-backups',
  sql: `
CREATE TABLE key_backups (
  user_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  algorithm TEXT NOT NULL,
  auth_data TEXT NOT NULL,
  is_deleted INTEGER NOT NULL DEFAULT 0,
  etag INTEGER NOT NULL DEFAULT 0,
  key_count INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, version)
);
CREATE TABLE backup_keys (
  user_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  room_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  is_verified INTEGER NOT NULL,
  first_message_index INTEGER NOT NULL,
  forwarded_count INTEGER NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (user_id, version, room_id, session_id)
);
`,
};
