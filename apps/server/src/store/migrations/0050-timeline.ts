import type { Migration } from '@sotto/sql';

/**
 * What reading many rooms at once leans on: `value` is the membership or history visibility that a state event says, so
 * that who may read what is known without opening events; the indexes find the present state, what was replaced lately
 * and the first members of a room without walking through all that ever was.
 */
export const timeline: Migration = {
  name: 'timeline',
  sql: `
ALTER TABLE room_state ADD COLUMN value TEXT;
UPDATE room_state SET value = (
  SELECT m.membership FROM memberships m WHERE m.room_id = room_state.room_id AND m.user_id = room_state.state_key
    AND m.position = room_state.position
) WHERE type = 'm.room.member';
DROP INDEX room_state_current;
CREATE INDEX room_state_current ON room_state (room_id, type, state_key, position) WHERE replaced_at IS NULL;
CREATE INDEX room_state_by_replacement ON room_state (room_id, replaced_at) WHERE replaced_at IS NOT NULL;
DROP INDEX memberships_by_room;
CREATE INDEX memberships_by_room ON memberships (room_id, membership, began_position);
CREATE INDEX events_by_time ON events (room_id, origin_server_ts, position);
`,
};
