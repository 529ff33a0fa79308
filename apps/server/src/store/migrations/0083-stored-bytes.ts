import type { Migration } from '@sotto/sql';

/**
 * How much each person keeps here, by kind, written with what it counts; and how much of one person waits at a device of
 * another. What is here already is counted once.
 */
export const storedBytes: Migration = {
  name: 'stored-bytes',
  sql: `
CREATE TABLE stored_bytes (
  user_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (user_id, kind)
);
INSERT INTO stored_bytes (user_id, kind, bytes)
  SELECT user_id, 'media', SUM(byte_size + 4096) FROM media GROUP BY user_id;
INSERT INTO stored_bytes (user_id, kind, bytes)
  SELECT user_id, 'account_data', SUM(bytes) FROM (
    SELECT user_id, octet_length(content) + 256 AS bytes FROM account_data
    UNION ALL SELECT user_id, octet_length(definition) + 256 AS bytes FROM filters) AS kept GROUP BY user_id;
INSERT INTO stored_bytes (user_id, kind, bytes)
  SELECT user_id, 'key_backup', SUM(bytes) FROM (
    SELECT user_id, octet_length(json) + 256 AS bytes FROM backup_keys
    UNION ALL SELECT user_id, octet_length(auth_data) + 256 AS bytes FROM key_backups) AS kept GROUP BY user_id;
ALTER TABLE to_device_messages ADD COLUMN sender TEXT NOT NULL DEFAULT '';
CREATE TABLE waiting_bytes (
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  sender TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (user_id, device_id, sender)
);
`,
};
