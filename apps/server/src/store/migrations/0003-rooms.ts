import type { Migration } from '@sotto/sql';

/**
 * Rooms and their events. `events.json` is the text that clients get (without room_id and unsigned), so that reading
 * is passing text on. `room_state` holds intervals: a row is the state from `position` until `replaced_at`, so that
 * the state at any position is a range query.
 */
export const rooms: Migration = {
  name: 'rooms',
  sql: `
CREATE TABLE rooms (
  room_id TEXT PRIMARY KEY,
  version TEXT NOT NULL,
  creator TEXT NOT NULL,
  created_position INTEGER NOT NULL,
  visibility TEXT NOT NULL DEFAULT 'private',
  joined_count INTEGER NOT NULL DEFAULT 0,
  invited_count INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  room_id TEXT NOT NULL,
  event_id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  state_key TEXT,
  sender TEXT NOT NULL,
  origin_server_ts INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  json TEXT NOT NULL,
  pdu TEXT NOT NULL,
  unsigned TEXT,
  device_id TEXT,
  transaction_id TEXT,
  rel_type TEXT,
  relates_to TEXT,
  redacted_by TEXT
);
CREATE INDEX events_by_room ON events (room_id, position);
CREATE INDEX events_by_relation ON events (relates_to, rel_type, position) WHERE relates_to IS NOT NULL;
CREATE INDEX events_by_transaction ON events (device_id, transaction_id) WHERE transaction_id IS NOT NULL;
CREATE TABLE room_state (
  room_id TEXT NOT NULL,
  type TEXT NOT NULL,
  state_key TEXT NOT NULL,
  position INTEGER NOT NULL,
  replaced_at INTEGER,
  PRIMARY KEY (room_id, type, state_key, position)
);
CREATE UNIQUE INDEX room_state_current ON room_state (room_id, type, state_key) WHERE replaced_at IS NULL;
CREATE INDEX room_state_by_position ON room_state (room_id, position);
CREATE TABLE memberships (
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  membership TEXT NOT NULL,
  position INTEGER NOT NULL,
  is_forgotten INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, room_id)
);
CREATE INDEX memberships_by_room ON memberships (room_id, membership);
CREATE INDEX memberships_by_position ON memberships (position);
CREATE TABLE transactions (
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  path TEXT NOT NULL,
  transaction_id TEXT NOT NULL,
  result TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (user_id, device_id, path, transaction_id)
);
`,
};
