import type { Queryable } from '@sotto/sql';

export interface RegistrationToken {
  token: string;
  usesAllowed: number | null;
  usesCompleted: number;
  expiresAtMs: number | null;
  makesAdmin: number;
  createdBy: string | null;
}

export function getRegistrationToken(db: Queryable, token: string): Promise<RegistrationToken | undefined> {
  return db.get<RegistrationToken>(
    `SELECT token, uses_allowed AS usesAllowed, uses_completed AS usesCompleted, expires_at_ms AS expiresAtMs,
       makes_admin AS makesAdmin, created_by AS createdBy FROM registration_tokens WHERE token = ?`,
    token,
  );
}

/** The unused token of the first-run link, if there is one. */
export async function getFirstAdminToken(db: Queryable): Promise<string | undefined> {
  const row = await db.get<{ token: string }>(
    'SELECT token FROM registration_tokens WHERE makes_admin = 1 AND uses_completed = 0 AND created_by IS NULL LIMIT 1',
  );
  return row?.token;
}

export async function insertRegistrationToken(
  db: Queryable,
  token: Omit<RegistrationToken, 'usesCompleted'> & { createdAtMs: number },
): Promise<void> {
  await db.run(
    `INSERT INTO registration_tokens (token, uses_allowed, expires_at_ms, makes_admin, created_by, created_at_ms)
     VALUES (?, ?, ?, ?, ?, ?)`,
    token.token,
    token.usesAllowed,
    token.expiresAtMs,
    token.makesAdmin,
    token.createdBy,
    token.createdAtMs,
  );
}

export async function countUse(db: Queryable, token: string): Promise<void> {
  await db.run('UPDATE registration_tokens SET uses_completed = uses_completed + 1 WHERE token = ?', token);
}

/** The newest first. */
export function listRegistrationTokens(
  db: Queryable,
): Promise<(RegistrationToken & { createdAtMs: number; roomId: string | null; isInvite: number })[]> {
  return db.all(
    `SELECT t.token, t.uses_allowed AS usesAllowed, t.uses_completed AS usesCompleted, t.expires_at_ms AS expiresAtMs,
       t.makes_admin AS makesAdmin, t.created_by AS createdBy, t.created_at_ms AS createdAtMs, l.room_id AS roomId,
       l.token IS NOT NULL AS isInvite
     FROM registration_tokens t LEFT JOIN invite_links l ON l.token = t.token ORDER BY t.created_at_ms DESC, t.token`,
  );
}

/** Takes the token away, and the invite link of the same name. Whether there was one. */
export async function deleteRegistrationToken(db: Queryable, token: string): Promise<boolean> {
  await db.run('DELETE FROM invite_links WHERE token = ?', token);
  return (await db.run('DELETE FROM registration_tokens WHERE token = ?', token)) > 0;
}
