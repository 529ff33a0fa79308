import type { Membership } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';

interface Range {
  since: number;
  upto: number;
}

/** A person's devices or keys are others than before. Only the newest change is kept. */
export async function putDeviceListChange(db: Queryable, userId: string, position: number): Promise<void> {
  await db.run(
    `INSERT INTO device_list_changes (user_id, position) VALUES (?, ?)
     ON CONFLICT (user_id) DO UPDATE SET position = excluded.position`,
    userId,
    position,
  );
}

/** A person has signed somebody's identity: news for the signer's own devices alone. */
export async function putSignatureChange(
  db: Queryable,
  change: { signer: string; target: string; position: number },
): Promise<void> {
  await db.run(
    `INSERT INTO signature_changes (signer_user_id, target_user_id, position) VALUES (?, ?, ?)
     ON CONFLICT (signer_user_id, target_user_id) DO UPDATE SET position = excluded.position`,
    change.signer,
    change.target,
    change.position,
  );
}

/** Whether `person` is (or is invited to be) in a room in which the asker is: an SQL condition with one `?`, the asker. */
const sharesRoom = (person: string) => `EXISTS (
  SELECT 1 FROM memberships theirs CROSS JOIN memberships mine ON mine.room_id = theirs.room_id
  WHERE theirs.user_id = ${person} AND theirs.membership IN ('join', 'invite')
    AND mine.user_id = ? AND mine.membership = 'join')`;

/**
 * People whose keys changed in the range and who share a room with the asker, the asker included, and those whom the
 * asker has signed. CROSS JOIN keeps SQLite going through the rooms of the few who changed.
 */
export async function listChangedKeyOwners(db: Queryable, asker: string, { since, upto }: Range): Promise<string[]> {
  const rows = await db.all<{ userId: string }>(
    `SELECT c.user_id AS userId FROM device_list_changes c
       WHERE c.position > ? AND c.position <= ? AND (c.user_id = ? OR ${sharesRoom('c.user_id')})
     UNION
     SELECT target_user_id AS userId FROM signature_changes
       WHERE signer_user_id = ? AND position > ? AND position <= ?`,
    since,
    upto,
    asker,
    asker,
    asker,
    since,
    upto,
  );
  return rows.map((row) => row.userId);
}

/** A membership that got its value in a range, of the asker or in a room in which the asker is. */
export interface BegunMembership {
  userId: string;
  roomId: string;
  membership: Membership;
}

export function listBegunMemberships(db: Queryable, asker: string, { since, upto }: Range): Promise<BegunMembership[]> {
  return db.all<BegunMembership>(
    `SELECT m.user_id AS userId, m.room_id AS roomId, m.membership FROM memberships m
     WHERE m.began_position > ? AND m.began_position <= ? AND (m.user_id = ? OR EXISTS (
       SELECT 1 FROM memberships mine
       WHERE mine.user_id = ? AND mine.room_id = m.room_id AND mine.membership = 'join'))`,
    since,
    upto,
    asker,
    asker,
  );
}

/** Those of these people who share no room with the asker. */
export async function listStrangers(db: Queryable, asker: string, people: readonly string[]): Promise<string[]> {
  const strangers: string[] = [];
  for (const person of people) {
    const row = await db.get<{ shares: number }>(`SELECT ${sharesRoom('?')} AS shares`, person, asker);
    if (row?.shares === 0) strangers.push(person);
  }
  return strangers;
}

/**
 * People of a room that the asker left, with whom no room is shared now. `isSure` is 1 for those who stand there as they
 * stood at `since`; whether the others were there then, the room's state tells.
 */
export function listStrangersOfLeftRoom(
  db: Queryable,
  asker: string,
  { roomId, since }: { roomId: string; since: number },
): Promise<{ userId: string; isSure: number }[]> {
  return db.all(
    `SELECT m.user_id AS userId, CASE WHEN m.began_position <= ? THEN 1 ELSE 0 END AS isSure FROM memberships m
     WHERE m.room_id = ? AND (m.membership IN ('join', 'invite') OR m.began_position > ?) AND m.user_id <> ?
       AND NOT ${sharesRoom('m.user_id')}`,
    since,
    roomId,
    since,
    asker,
    asker,
  );
}

/** People in a room, or invited to it. */
export async function listPeopleOfRoom(db: Queryable, roomId: string): Promise<string[]> {
  const rows = await db.all<{ userId: string }>(
    "SELECT user_id AS userId FROM memberships WHERE room_id = ? AND membership IN ('join', 'invite')",
    roomId,
  );
  return rows.map((row) => row.userId);
}
