import type { Queryable } from '@sotto/sql';

/** A token that is good for one thing and not for long; kept as its hash only. */
export interface PurposeToken {
  tokenHash: string;
  /** `login`: one login (m.login.token). `openid`: tells third parties whose it is. */
  purpose: 'login' | 'openid';
  userId: string;
  expiresAtMs: number;
}

const columns = 'token_hash AS tokenHash, purpose, user_id AS userId, expires_at_ms AS expiresAtMs';

/** Adds the token, and clears away those of everybody that have expired. */
export async function insertPurposeToken(db: Queryable, token: PurposeToken, nowMs: number): Promise<void> {
  await db.run('DELETE FROM purpose_tokens WHERE expires_at_ms <= ?', nowMs);
  await db.run(
    'INSERT INTO purpose_tokens (token_hash, purpose, user_id, expires_at_ms) VALUES (?, ?, ?, ?)',
    token.tokenHash,
    token.purpose,
    token.userId,
    token.expiresAtMs,
  );
}

export function getPurposeToken(
  db: Queryable,
  purpose: PurposeToken['purpose'],
  tokenHash: string,
): Promise<PurposeToken | undefined> {
  return db.get<PurposeToken>(
    `SELECT ${columns} FROM purpose_tokens WHERE token_hash = ? AND purpose = ?`,
    tokenHash,
    purpose,
  );
}

/** Takes the token away for good; whose it was, or undefined when it isn't there. */
export function takePurposeToken(
  db: Queryable,
  purpose: PurposeToken['purpose'],
  tokenHash: string,
): Promise<PurposeToken | undefined> {
  return db.get<PurposeToken>(
    `DELETE FROM purpose_tokens WHERE token_hash = ? AND purpose = ? RETURNING ${columns}`,
    tokenHash,
    purpose,
  );
}

export async function deletePurposeTokensOf(db: Queryable, userId: string): Promise<void> {
  await db.run('DELETE FROM purpose_tokens WHERE user_id = ?', userId);
}
