import type { Queryable } from '@sotto/sql';

/** An address under which somebody can be reached, proved to be theirs. Mail addresses are stored in small letters. */
export interface Threepid {
  medium: string;
  address: string;
  userId: string;
  validatedAtMs: number;
  addedAtMs: number;
}

const columns = 'medium, address, user_id AS userId, validated_at_ms AS validatedAtMs, added_at_ms AS addedAtMs';

export function getThreepid(db: Queryable, medium: string, address: string): Promise<Threepid | undefined> {
  return db.get<Threepid>(`SELECT ${columns} FROM threepids WHERE medium = ? AND address = ?`, medium, address);
}

export function listThreepids(db: Queryable, userId: string): Promise<Threepid[]> {
  return db.all<Threepid>(`SELECT ${columns} FROM threepids WHERE user_id = ? ORDER BY added_at_ms, address`, userId);
}

/** Adds the address, or renews the proof of one that is there. */
export async function putThreepid(db: Queryable, threepid: Threepid): Promise<void> {
  await db.run(
    `INSERT INTO threepids (medium, address, user_id, validated_at_ms, added_at_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (medium, address) DO UPDATE SET user_id = excluded.user_id, validated_at_ms = excluded.validated_at_ms`,
    threepid.medium,
    threepid.address,
    threepid.userId,
    threepid.validatedAtMs,
    threepid.addedAtMs,
  );
}

export async function deleteThreepid(
  db: Queryable,
  threepid: Pick<Threepid, 'medium' | 'address' | 'userId'>,
): Promise<void> {
  await db.run(
    'DELETE FROM threepids WHERE medium = ? AND address = ? AND user_id = ?',
    threepid.medium,
    threepid.address,
    threepid.userId,
  );
}

export async function deleteThreepidsOf(db: Queryable, userId: string): Promise<void> {
  await db.run('DELETE FROM threepids WHERE user_id = ?', userId);
}
