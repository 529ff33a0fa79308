import type { Queryable } from '@sotto/sql';

/** A token is kept as its hash only. */
export interface AccessToken {
  tokenHash: string;
  userId: string;
  deviceId: string;
  expiresAtMs: number | null;
  /** The chain of refresh tokens that made it, and by which of its refreshes; null for a token that never expires. */
  familyId: string | null;
  generation: number;
}

export interface TokenOwner extends AccessToken {
  kind: 'user' | 'guest' | 'appservice';
  isAdmin: number;
  isDeactivated: number;
  isLocked: number;
  isSuspended: number;
  /** 1 for the first use of the newest token of a family: the refresh that made it has arrived. */
  isUnsettled: number;
}

export function findTokenOwner(db: Queryable, tokenHash: string): Promise<TokenOwner | undefined> {
  return db.get<TokenOwner>(
    `SELECT t.token_hash AS tokenHash, t.user_id AS userId, t.device_id AS deviceId, t.expires_at_ms AS expiresAtMs,
       t.family_id AS familyId, t.generation, u.kind, u.is_admin AS isAdmin, u.is_deactivated AS isDeactivated,
       u.is_locked AS isLocked, u.is_suspended AS isSuspended,
       CASE WHEN f.generation = t.generation AND f.previous_hash IS NOT NULL THEN 1 ELSE 0 END AS isUnsettled
     FROM access_tokens t JOIN users u ON u.user_id = t.user_id
       LEFT JOIN refresh_families f ON f.family_id = t.family_id
     WHERE t.token_hash = ?`,
    tokenHash,
  );
}

export async function insertAccessToken(db: Queryable, token: AccessToken): Promise<void> {
  await db.run(
    'INSERT INTO access_tokens (token_hash, user_id, device_id, expires_at_ms, family_id, generation) VALUES (?, ?, ?, ?, ?, ?)',
    token.tokenHash,
    token.userId,
    token.deviceId,
    token.expiresAtMs,
    token.familyId,
    token.generation,
  );
}

/** Deletes the tokens of one device. */
export async function deleteTokensOfDevice(db: Queryable, userId: string, deviceId: string): Promise<void> {
  await db.run('DELETE FROM access_tokens WHERE user_id = ? AND device_id = ?', userId, deviceId);
}

/** Ends the tokens of a family before this generation. They stay known, so that their holder is told to log in softly. */
export async function expireTokensOfFamily(
  db: Queryable,
  family: { familyId: string; beforeGeneration: number; nowMs: number },
): Promise<void> {
  await db.run(
    `UPDATE access_tokens SET expires_at_ms = ?
     WHERE family_id = ? AND generation < ? AND (expires_at_ms IS NULL OR expires_at_ms > ?)`,
    family.nowMs,
    family.familyId,
    family.beforeGeneration,
    family.nowMs,
  );
}

/** Deletes the tokens of a family from one generation to another, both included: nobody holds them any longer. */
export async function deleteTokensOfFamily(
  db: Queryable,
  family: { familyId: string; from: number; upto: number },
): Promise<void> {
  await db.run(
    'DELETE FROM access_tokens WHERE family_id = ? AND generation BETWEEN ? AND ?',
    family.familyId,
    family.from,
    family.upto,
  );
}
