import type { Membership } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';

/** Where a person stands in a room now. `position` is that of the member event. */
export interface MembershipRow {
  userId: string;
  roomId: string;
  membership: Membership;
  position: number;
  isForgotten: number;
  /** Position from which on the membership has been this. */
  beganPosition: number;
}

const columns = `user_id AS userId, room_id AS roomId, membership, position, is_forgotten AS isForgotten,
  began_position AS beganPosition`;

export function getMembership(db: Queryable, userId: string, roomId: string): Promise<MembershipRow | undefined> {
  return db.get<MembershipRow>(`SELECT ${columns} FROM memberships WHERE user_id = ? AND room_id = ?`, userId, roomId);
}

export async function putMembership(
  db: Queryable,
  row: Omit<MembershipRow, 'isForgotten' | 'beganPosition'>,
): Promise<void> {
  await db.run(
    `INSERT INTO memberships (user_id, room_id, membership, position, began_position) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (user_id, room_id) DO UPDATE SET
       membership = excluded.membership, position = excluded.position, is_forgotten = 0,
       began_position = CASE WHEN memberships.membership = excluded.membership
         THEN memberships.began_position ELSE excluded.began_position END`,
    row.userId,
    row.roomId,
    row.membership,
    row.position,
    row.position,
  );
}

/** All rooms that a person is or was in; of those that were forgotten only what changed after `changedAfter`. */
export function listMembershipsForSync(db: Queryable, userId: string, changedAfter: number): Promise<MembershipRow[]> {
  return db.all<MembershipRow>(
    `SELECT ${columns} FROM memberships WHERE user_id = ? AND (is_forgotten = 0 OR position > ?)`,
    userId,
    changedAfter,
  );
}

/** Rooms in which a person's standing was set after a position, forgotten ones included. */
export function listChangedMemberships(db: Queryable, userId: string, since: number): Promise<MembershipRow[]> {
  return db.all<MembershipRow>(`SELECT ${columns} FROM memberships WHERE user_id = ? AND position > ?`, userId, since);
}

/** The position at which a person's standing anywhere was set last. */
export async function newestMembershipOf(db: Queryable, userId: string): Promise<number | undefined> {
  const row = await db.get<{ newest: number | null }>(
    'SELECT MAX(position) AS newest FROM memberships WHERE user_id = ?',
    userId,
  );
  return row?.newest ?? undefined;
}

/** A text that is another one when a person's standing anywhere was changed, forgetting included. */
export async function membershipsMarkOf(db: Queryable, userId: string): Promise<string> {
  const row = await db.get<{ newest: number | null; count: number; forgotten: number | null }>(
    `SELECT MAX(position) AS newest, COUNT(*) AS count, SUM(is_forgotten) AS forgotten
     FROM memberships WHERE user_id = ?`,
    userId,
  );
  return `${row?.newest} ${row?.count} ${row?.forgotten}`;
}

export function listMembersOfRoom(db: Queryable, roomId: string, membership: Membership): Promise<MembershipRow[]> {
  return db.all<MembershipRow>(
    `SELECT ${columns} FROM memberships WHERE room_id = ? AND membership = ?`,
    roomId,
    membership,
  );
}

export async function listRoomIdsOfUser(db: Queryable, userId: string, membership: Membership): Promise<string[]> {
  const rows = await db.all<{ roomId: string }>(
    'SELECT room_id AS roomId FROM memberships WHERE user_id = ? AND membership = ?',
    userId,
    membership,
  );
  return rows.map((row) => row.roomId);
}

export async function countJoinedRooms(db: Queryable, userId: string): Promise<number> {
  const row = await db.get<{ count: number }>(
    "SELECT COUNT(*) AS count FROM memberships WHERE user_id = ? AND membership = 'join'",
    userId,
  );
  return row?.count ?? 0;
}

export async function forgetRoom(db: Queryable, userId: string, roomId: string): Promise<void> {
  await db.run('UPDATE memberships SET is_forgotten = 1 WHERE user_id = ? AND room_id = ?', userId, roomId);
}

/** Whether two people are joined to a common room. */
export async function shareRoom(db: Queryable, userId: string, otherId: string): Promise<boolean> {
  const row = await db.get(
    `SELECT 1 AS one FROM memberships a JOIN memberships b ON b.room_id = a.room_id
     WHERE a.user_id = ? AND a.membership = 'join' AND b.user_id = ? AND b.membership = 'join' LIMIT 1`,
    userId,
    otherId,
  );
  return row !== undefined;
}

const mostHeroes = 5;

/** The first five other people of a room: joined or invited, otherwise those who were there. */
export async function listHeroes(db: Queryable, roomId: string, userId: string): Promise<string[]> {
  const present = [
    ...(await firstOf(db, roomId, { membership: 'join', userId })),
    ...(await firstOf(db, roomId, { membership: 'invite', userId })),
  ];
  const found =
    present.length > 0
      ? present
      : [
          ...(await firstOf(db, roomId, { membership: 'leave', userId })),
          ...(await firstOf(db, roomId, { membership: 'ban', userId })),
        ];
  return found
    .sort((a, b) => a.began - b.began)
    .slice(0, mostHeroes)
    .map((each) => each.userId);
}

function firstOf(
  db: Queryable,
  roomId: string,
  { membership, userId }: { membership: Membership; userId: string },
): Promise<{ userId: string; began: number }[]> {
  return db.all(
    `SELECT user_id AS userId, began_position AS began FROM memberships
     WHERE room_id = ? AND membership = ? AND user_id <> ? ORDER BY began_position LIMIT ${mostHeroes}`,
    roomId,
    membership,
    userId,
  );
}

/** Guests who are joined to a room or invited. */
export async function listGuestsOfRoom(db: Queryable, roomId: string): Promise<string[]> {
  const rows = await db.all<{ userId: string }>(
    `SELECT m.user_id AS userId FROM memberships m JOIN users u ON u.user_id = m.user_id
     WHERE m.room_id = ? AND m.membership IN ('join', 'invite') AND u.kind = 'guest'`,
    roomId,
  );
  return rows.map((row) => row.userId);
}

/** The rooms that deactivated people have still to leave, oldest first. */
export function listRoomsOfDeactivated(db: Queryable): Promise<{ userId: string; roomId: string }[]> {
  return db.all(
    `SELECT m.user_id AS userId, m.room_id AS roomId FROM users u JOIN memberships m ON m.user_id = u.user_id
     WHERE u.is_deactivated = 1 AND m.membership IN ('join', 'invite', 'knock') ORDER BY m.position`,
  );
}

/** Rooms that both people are joined to, by id, after one of them; and how many there are in all. */
export async function listMutualRooms(
  db: Queryable,
  [userId, otherId]: readonly [string, string],
  { after, limit }: { after: string; limit: number },
): Promise<{ roomIds: string[]; count: number }> {
  const both = `FROM memberships a JOIN memberships b ON b.room_id = a.room_id
    WHERE a.user_id = ? AND a.membership = 'join' AND b.user_id = ? AND b.membership = 'join'`;
  const rows = await db.all<{ roomId: string }>(
    `SELECT a.room_id AS roomId ${both} AND a.room_id > ? ORDER BY a.room_id LIMIT ?`,
    userId,
    otherId,
    after,
    limit,
  );
  const all = await db.get<{ count: number }>(`SELECT COUNT(*) AS count ${both}`, userId, otherId);
  return { roomIds: rows.map((row) => row.roomId), count: all?.count ?? 0 };
}

/** Everyone who is joined to a room with this person, themselves included. */
export async function listPeopleAround(db: Queryable, userId: string): Promise<string[]> {
  const rows = await db.all<{ userId: string }>(
    `SELECT DISTINCT b.user_id AS userId FROM memberships a JOIN memberships b ON b.room_id = a.room_id
     WHERE a.user_id = ? AND a.membership = 'join' AND b.membership = 'join'`,
    userId,
  );
  return rows.map((row) => row.userId);
}

/** The rooms that a person is joined to and that have at most so many members. */
export async function listSmallRoomsOfUser(db: Queryable, userId: string, mostMembers: number): Promise<string[]> {
  const rows = await db.all<{ roomId: string }>(
    `SELECT m.room_id AS roomId FROM memberships m JOIN rooms r ON r.room_id = m.room_id
     WHERE m.user_id = ? AND m.membership = 'join' AND r.joined_count <= ?`,
    userId,
    mostMembers,
  );
  return rows.map((row) => row.roomId);
}

/** The rooms that a person is or was in, without those that were forgotten. */
export function listRoomsEverJoined(db: Queryable, userId: string): Promise<MembershipRow[]> {
  return db.all<MembershipRow>(
    `SELECT ${columns} FROM memberships WHERE user_id = ? AND is_forgotten = 0 AND membership IN ('join', 'leave', 'ban')`,
    userId,
  );
}
