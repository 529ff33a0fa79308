import type { Migration } from '@sotto/sql';

/** Public keys. The server only passes them on. */
export const keys: Migration = {
  name: 'keys',
  sql: `
CREATE TABLE device_keys (
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (user_id, device_id)
);
CREATE TABLE one_time_keys (
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  key_id TEXT NOT NULL,
  json TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (user_id, device_id, algorithm, key_id)
);
CREATE INDEX one_time_keys_by_age ON one_time_keys (user_id, device_id, algorithm, position);
CREATE TABLE fallback_keys (
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  key_id TEXT NOT NULL,
  json TEXT NOT NULL,
  is_used INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, device_id, algorithm)
);
CREATE TABLE cross_signing_keys (
  user_id TEXT NOT NULL,
  usage TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (user_id, usage)
);
CREATE TABLE key_signatures (
  target_user_id TEXT NOT NULL,
  target_key TEXT NOT NULL,
  signer_user_id TEXT NOT NULL,
  signer_key TEXT NOT NULL,
  signature TEXT NOT NULL,
  PRIMARY KEY (target_user_id, target_key, signer_user_id, signer_key)
);
`,
};
