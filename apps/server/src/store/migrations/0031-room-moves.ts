import type { Migration } from '@sotto/sql';

/** Upgraded rooms whose members are still on their way into the successor, and the way from a room to its spaces. */
export const roomMoves: Migration = {
  name: 'room-moves',
  sql: `
CREATE TABLE room_moves (
  to_room_id TEXT PRIMARY KEY,
  from_room_id TEXT NOT NULL,
  sender TEXT NOT NULL
);
CREATE INDEX space_links ON room_state (state_key) WHERE type = 'm.space.child' AND replaced_at IS NULL;
`,
};
