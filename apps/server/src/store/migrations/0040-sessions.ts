import type { Migration } from '@sotto/sql';

/**
 * How logins last and end. A refresh family is the chain of refresh tokens of one login: only the newest and, until
 * the newest is proved to have arrived, the one before it are good; all older ones are told by their family.
 */
export const sessions: Migration = {
  name: 'sessions',
  sql: `
ALTER TABLE users ADD COLUMN is_erased INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN is_locked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN is_suspended INTEGER NOT NULL DEFAULT 0;
ALTER TABLE access_tokens ADD COLUMN family_id TEXT;
ALTER TABLE access_tokens ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
CREATE INDEX access_tokens_by_family ON access_tokens (family_id, generation) WHERE family_id IS NOT NULL;
CREATE TABLE refresh_families (
  family_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  generation INTEGER NOT NULL,
  current_hash TEXT NOT NULL,
  previous_hash TEXT
);
CREATE INDEX refresh_families_by_device ON refresh_families (user_id, device_id);
CREATE TABLE purpose_tokens (
  token_hash TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  user_id TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL
);
CREATE INDEX purpose_tokens_by_user ON purpose_tokens (user_id);
CREATE INDEX purpose_tokens_by_expiry ON purpose_tokens (expires_at_ms);
`,
};
