import type { Migration } from '@sotto/sql';

/** Which threads people follow, or followed: one row a thread, with the position of its last change. */
export const threadSubscriptions: Migration = {
  name: 'thread subscriptions',
  sql: `
CREATE TABLE thread_subscriptions (
  user_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  thread_id TEXT NOT NULL,
  is_subscribed INTEGER NOT NULL,
  is_automatic INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (user_id, room_id, thread_id)
);
CREATE INDEX thread_subscriptions_by_position ON thread_subscriptions (user_id, position);
`,
};
