import type { Migration } from '@sotto/sql';

/**
 * Events that are sent later. `outcome` is null while one waits; then `send`, `cancel` or `error`, kept for a while so
 * that its writer can ask what became of it.
 */
export const delayedEvents: Migration = {
  name: 'delayed-events',
  sql: `
CREATE TABLE delayed_events (
  delay_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  transaction_id TEXT,
  room_id TEXT NOT NULL,
  type TEXT NOT NULL,
  state_key TEXT,
  content TEXT NOT NULL,
  origin_server_ts INTEGER,
  delay_ms INTEGER NOT NULL,
  running_since_ms INTEGER NOT NULL,
  send_at_ms INTEGER NOT NULL,
  outcome TEXT,
  event_id TEXT,
  error TEXT,
  finalised_at_ms INTEGER
);
CREATE INDEX delayed_events_waiting ON delayed_events (send_at_ms) WHERE outcome IS NULL;
CREATE INDEX delayed_events_by_user ON delayed_events (user_id, send_at_ms);
`,
};
