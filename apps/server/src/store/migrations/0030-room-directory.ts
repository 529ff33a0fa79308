import type { Migration } from '@sotto/sql';

/** Names of rooms, and the lists of networks that application services keep. `rooms.visibility` is the server's own list. */
export const roomDirectory: Migration = {
  name: 'room-directory',
  sql: `
CREATE TABLE room_aliases (
  alias TEXT PRIMARY KEY,
  room_id TEXT NOT NULL,
  creator TEXT NOT NULL
);
CREATE INDEX room_aliases_by_room ON room_aliases (room_id);
CREATE INDEX rooms_published ON rooms (joined_count, room_id) WHERE visibility = 'public';
CREATE TABLE network_rooms (
  instance_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  PRIMARY KEY (instance_id, room_id)
);
`,
};
