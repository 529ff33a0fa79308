import type { Migration } from '@sotto/sql';

/** Mail addresses of people (specification, "Third-party ID"), and the proofs of them that are under way. */
export const threepids: Migration = {
  name: 'threepids',
  sql: `
CREATE TABLE threepids (
  medium TEXT NOT NULL,
  address TEXT NOT NULL,
  user_id TEXT NOT NULL,
  validated_at_ms INTEGER NOT NULL,
  added_at_ms INTEGER NOT NULL,
  PRIMARY KEY (medium, address)
);
CREATE INDEX threepids_by_user ON threepids (user_id);
CREATE TABLE email_validations (
  sid TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  address TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  send_attempt INTEGER NOT NULL,
  next_link TEXT,
  validated_at_ms INTEGER,
  expires_at_ms INTEGER NOT NULL,
  UNIQUE (purpose, address, secret_hash)
);
`,
};
