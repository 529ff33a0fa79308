import type { Migration } from '@sotto/sql';

/**
 * Dehydrated devices (MSC3814), and which one-time keys were given out lately: a client that repeats an upload whose
 * answer was lost must not bring a key back to life.
 */
export const keyLife: Migration = {
  name: 'key-life',
  sql: `
CREATE TABLE dehydrated_devices (
  user_id TEXT PRIMARY KEY,
  device_id TEXT NOT NULL,
  display_name TEXT,
  device_data TEXT NOT NULL
);
CREATE TABLE claimed_keys (
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  key_id TEXT NOT NULL,
  json_hash TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (user_id, device_id, algorithm, key_id)
);
CREATE INDEX claimed_keys_by_age ON claimed_keys (user_id, device_id, position);
CREATE INDEX key_signatures_by_signer ON key_signatures (signer_user_id);
`,
};
