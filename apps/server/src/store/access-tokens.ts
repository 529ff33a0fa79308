import type { Queryable } from '@sotto/sql';

/** A token is kept as its hash only. */
export interface AccessToken {
  tokenHash: string;
  userId: string;
  deviceId: string;
  expiresAtMs: number | null;
}

export interface TokenOwner extends AccessToken {
  kind: 'user' | 'guest' | 'appservice';
  isAdmin: number;
  isDeactivated: number;
}

export function findTokenOwner(db: Queryable, tokenHash: string): Promise<TokenOwner | undefined> {
  return db.get<TokenOwner>(
    `SELECT t.token_hash AS tokenHash, t.user_id AS userId, t.device_id AS deviceId, t.expires_at_ms AS expiresAtMs,
       u.kind, u.is_admin AS isAdmin, u.is_deactivated AS isDeactivated
     FROM access_tokens t JOIN users u ON u.user_id = t.user_id WHERE t.token_hash = ?`,
    tokenHash,
  );
}

export async function insertAccessToken(db: Queryable, token: AccessToken): Promise<void> {
  await db.run(
    'INSERT INTO access_tokens (token_hash, user_id, device_id, expires_at_ms) VALUES (?, ?, ?, ?)',
    token.tokenHash,
    token.userId,
    token.deviceId,
    token.expiresAtMs,
  );
}

/** Deletes the tokens of one device; returns their hashes, so that they can be forgotten in memory. */
export async function deleteTokensOfDevice(db: Queryable, userId: string, deviceId: string): Promise<string[]> {
  const rows = await db.all<{ tokenHash: string }>(
    'DELETE FROM access_tokens WHERE user_id = ? AND device_id = ? RETURNING token_hash AS tokenHash',
    userId,
    deviceId,
  );
  return rows.map((row) => row.tokenHash);
}
