import type { Queryable } from '@sotto/sql';
import { foldName } from './user-search.ts';

/** A person as an admin sees them in a list; the display name is JSON text. */
export interface PersonRow {
  userId: string;
  kind: string;
  displayName: string | null;
  isAdmin: number;
  isDeactivated: number;
  isLocked: number;
  isSuspended: number;
  createdAtMs: number;
  lastSeenAtMs: number | null;
}

/** A room as an admin sees it in a list; the name is as its state event has it. */
export interface AdminRoomRow {
  roomId: string;
  name: string | null;
  version: string;
  creator: string;
  visibility: string;
  joinedCount: number;
  invitedCount: number;
  isEncrypted: number;
}

interface Page {
  /** This one alone. */
  exact?: string;
  search?: string | undefined;
  /** The id after which the page begins. */
  after?: string | undefined;
  limit: number;
}

const like = (search: string) => `%${foldName(search).replace(/[\\%_]/g, '\\$&')}%`;

/** People in the order of their ids. */
export function listPeople(db: Queryable, { exact, search, after = '', limit }: Page): Promise<PersonRow[]> {
  const matches =
    search === undefined
      ? ''
      : `AND (u.user_id LIKE ? ESCAPE '\\' OR EXISTS
           (SELECT 1 FROM user_names n WHERE n.user_id = u.user_id AND n.folded LIKE ? ESCAPE '\\'))`;
  return db.all<PersonRow>(
    `SELECT u.user_id AS userId, u.kind, p.value AS displayName, u.is_admin AS isAdmin,
       u.is_deactivated AS isDeactivated, u.is_locked AS isLocked, u.is_suspended AS isSuspended,
       u.created_at_ms AS createdAtMs,
       (SELECT MAX(d.last_seen_at_ms) FROM devices d WHERE d.user_id = u.user_id) AS lastSeenAtMs
     FROM users u LEFT JOIN profiles p ON p.user_id = u.user_id AND p.field = 'displayname'
     WHERE u.user_id ${exact === undefined ? '>' : '='} ? ${matches} ORDER BY u.user_id LIMIT ?`,
    exact ?? after,
    ...(search === undefined ? [] : [like(search), like(search)]),
    limit,
  );
}

/** Rooms in the order of their ids. A search looks at ids and aliases; what a room is called may be encrypted. */
export function listAdminRooms(db: Queryable, { exact, search, after = '', limit }: Page): Promise<AdminRoomRow[]> {
  const current = (type: string) =>
    `(SELECT s.position FROM room_state s
      WHERE s.room_id = r.room_id AND s.type = '${type}' AND s.state_key = '' AND s.replaced_at IS NULL)`;
  const matches =
    search === undefined
      ? ''
      : `AND (r.room_id LIKE ? ESCAPE '\\' OR EXISTS
           (SELECT 1 FROM room_aliases a WHERE a.room_id = r.room_id AND a.alias LIKE ? ESCAPE '\\'))`;
  return db.all<AdminRoomRow>(
    `SELECT r.room_id AS roomId, e.json AS name, r.version, r.creator, r.visibility, r.joined_count AS joinedCount,
       r.invited_count AS invitedCount, ${current('m.room.encryption')} IS NOT NULL AS isEncrypted
     FROM rooms r LEFT JOIN events e ON e.position = ${current('m.room.name')}
     WHERE r.room_id ${exact === undefined ? '>' : '='} ? ${matches} ORDER BY r.room_id LIMIT ?`,
    exact ?? after,
    ...(search === undefined ? [] : [like(search), like(search)]),
    limit,
  );
}
