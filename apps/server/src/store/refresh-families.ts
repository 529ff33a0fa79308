import type { Queryable } from '@sotto/sql';

/** The chain of refresh tokens of one login; tokens are kept as their hashes only. */
export interface RefreshFamily {
  familyId: string;
  userId: string;
  deviceId: string;
  /** Counts the refreshes. Access tokens carry the number of the refresh that made them. */
  generation: number;
  /** Empty when the family has been revoked. */
  currentHash: string;
  /** Still good while nobody has used what `currentHash` or its access token stand for. */
  previousHash: string | null;
}

export function getRefreshFamily(db: Queryable, familyId: string): Promise<RefreshFamily | undefined> {
  return db.get<RefreshFamily>(
    `SELECT family_id AS familyId, user_id AS userId, device_id AS deviceId, generation, current_hash AS currentHash,
       previous_hash AS previousHash FROM refresh_families WHERE family_id = ?`,
    familyId,
  );
}

export async function putRefreshFamily(db: Queryable, family: RefreshFamily): Promise<void> {
  await db.run(
    `INSERT INTO refresh_families (family_id, user_id, device_id, generation, current_hash, previous_hash)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (family_id) DO UPDATE SET generation = excluded.generation, current_hash = excluded.current_hash,
       previous_hash = excluded.previous_hash`,
    family.familyId,
    family.userId,
    family.deviceId,
    family.generation,
    family.currentHash,
    family.previousHash,
  );
}

/** The newest generation has arrived at its client: the refresh token before it is good no longer. */
export async function settleRefreshFamily(db: Queryable, familyId: string, generation: number): Promise<void> {
  await db.run(
    'UPDATE refresh_families SET previous_hash = NULL WHERE family_id = ? AND generation = ?',
    familyId,
    generation,
  );
}

export async function deleteRefreshFamilies(db: Queryable, userId: string, deviceId: string): Promise<void> {
  await db.run('DELETE FROM refresh_families WHERE user_id = ? AND device_id = ?', userId, deviceId);
}
