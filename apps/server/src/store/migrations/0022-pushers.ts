import type { Migration } from '@sotto/sql';

/** Where people want to be notified, and what has still to be sent there. */
export const pushers: Migration = {
  name: 'pushers',
  sql: `
CREATE TABLE pushers (
  user_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  pushkey TEXT NOT NULL,
  device_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  app_display_name TEXT NOT NULL,
  device_display_name TEXT NOT NULL,
  profile_tag TEXT,
  lang TEXT NOT NULL,
  data TEXT NOT NULL,
  set_at_ms INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (user_id, app_id, pushkey)
);
CREATE INDEX pushers_by_pushkey ON pushers (app_id, pushkey);
CREATE TABLE queued_pushes (
  user_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  pushkey TEXT NOT NULL,
  position INTEGER NOT NULL,
  tweaks TEXT NOT NULL,
  queued_at_ms INTEGER NOT NULL,
  PRIMARY KEY (user_id, app_id, pushkey, position)
);
`,
};
