import type { Migration } from '@sotto/sql';

/**
 * Uploaded files. The bytes lie in the media folder under their SHA-256, once for however many uploads; `sha256` is null
 * for a place that was asked for and not filled yet. What has an `expires_at_ms` is cleared away then.
 */
export const media: Migration = {
  name: 'media',
  sql: `
CREATE TABLE media (
  media_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  sha256 TEXT,
  byte_size INTEGER NOT NULL DEFAULT 0,
  content_type TEXT NOT NULL DEFAULT '',
  file_name TEXT,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER,
  is_quarantined INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX media_by_hash ON media (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX media_by_user ON media (user_id, created_at_ms);
CREATE INDEX media_by_expiry ON media (expires_at_ms) WHERE expires_at_ms IS NOT NULL;
`,
};
