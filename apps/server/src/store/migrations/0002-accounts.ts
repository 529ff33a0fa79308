import type { Migration } from '@sotto/sql';

/** People, their devices and tokens. No address and no user agent is ever stored (docs/security.md). */
export const accounts: Migration = {
  name: 'accounts',
  sql: `
CREATE TABLE users (
  user_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  password_hash TEXT,
  is_admin INTEGER NOT NULL DEFAULT 0,
  is_deactivated INTEGER NOT NULL DEFAULT 0,
  created_at_ms INTEGER NOT NULL
);
CREATE TABLE devices (
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  display_name TEXT,
  created_at_ms INTEGER NOT NULL,
  last_seen_at_ms INTEGER NOT NULL,
  PRIMARY KEY (user_id, device_id)
);
CREATE TABLE access_tokens (
  token_hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  expires_at_ms INTEGER
);
CREATE INDEX access_tokens_by_device ON access_tokens (user_id, device_id);
CREATE TABLE registration_tokens (
  token TEXT PRIMARY KEY,
  uses_allowed INTEGER,
  uses_completed INTEGER NOT NULL DEFAULT 0,
  expires_at_ms INTEGER,
  makes_admin INTEGER NOT NULL DEFAULT 0,
  created_by TEXT,
  created_at_ms INTEGER NOT NULL
);
CREATE TABLE invite_links (
  token TEXT PRIMARY KEY,
  inviter TEXT,
  room_id TEXT,
  accepted_by TEXT,
  created_at_ms INTEGER NOT NULL
);
CREATE TABLE profiles (
  user_id TEXT NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (user_id, field)
);
CREATE TABLE account_data (
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  type TEXT NOT NULL,
  content TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (user_id, room_id, type)
);
CREATE INDEX account_data_by_position ON account_data (user_id, position);
CREATE TABLE filters (
  user_id TEXT NOT NULL,
  filter_id TEXT NOT NULL,
  definition TEXT NOT NULL,
  PRIMARY KEY (user_id, filter_id)
);
`,
};
