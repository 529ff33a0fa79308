import type { Queryable } from '@sotto/sql';

export interface User {
  userId: string;
  kind: 'user' | 'guest' | 'appservice';
  passwordHash: string | null;
  isAdmin: number;
  isDeactivated: number;
  isLocked: number;
  isSuspended: number;
  isErased: number;
}

const columns = `user_id AS userId, kind, password_hash AS passwordHash, is_admin AS isAdmin,
  is_deactivated AS isDeactivated, is_locked AS isLocked, is_suspended AS isSuspended, is_erased AS isErased`;

export function getUser(db: Queryable, userId: string): Promise<User | undefined> {
  return db.get<User>(`SELECT ${columns} FROM users WHERE user_id = ?`, userId);
}

export async function insertUser(
  db: Queryable,
  user: Pick<User, 'userId' | 'kind' | 'passwordHash' | 'isAdmin'> & { createdAtMs: number },
): Promise<void> {
  await db.run(
    'INSERT INTO users (user_id, kind, password_hash, is_admin, created_at_ms) VALUES (?, ?, ?, ?, ?)',
    user.userId,
    user.kind,
    user.passwordHash,
    user.isAdmin,
    user.createdAtMs,
  );
}

export async function setPasswordHash(db: Queryable, userId: string, passwordHash: string): Promise<void> {
  await db.run('UPDATE users SET password_hash = ? WHERE user_id = ?', passwordHash, userId);
}

/** Whether anybody has an account that can log in. */
export async function hasUsers(db: Queryable): Promise<boolean> {
  return (await db.get("SELECT 1 AS one FROM users WHERE kind <> 'appservice' LIMIT 1")) !== undefined;
}

/** Admins who can log in. */
export async function countAdmins(db: Queryable): Promise<number> {
  const row = await db.get<{ count: number }>(
    'SELECT COUNT(*) AS count FROM users WHERE is_admin = 1 AND is_deactivated = 0',
  );
  return row?.count ?? 0;
}

/** The row stays, so that nobody can take the name; nothing in it lets anybody in. */
/** Everybody who wanted what they wrote to be forgotten. */
export async function listErasedPeople(db: Queryable): Promise<string[]> {
  const rows = await db.all<{ userId: string }>('SELECT user_id AS userId FROM users WHERE is_erased = 1');
  return rows.map((row) => row.userId);
}

export async function markDeactivated(db: Queryable, userId: string, isErased: boolean): Promise<void> {
  await db.run(
    'UPDATE users SET is_deactivated = 1, is_erased = MAX(is_erased, ?), is_admin = 0, password_hash = NULL WHERE user_id = ?',
    isErased ? 1 : 0,
    userId,
  );
}

/** A guest becomes a person with a password and keeps name and rooms. */
export async function upgradeGuest(db: Queryable, userId: string, passwordHash: string): Promise<void> {
  await db.run("UPDATE users SET kind = 'user', password_hash = ? WHERE user_id = ?", passwordHash, userId);
}

export async function setUserFlag(
  db: Queryable,
  userId: string,
  { flag, isSet }: { flag: 'is_admin' | 'is_locked' | 'is_suspended'; isSet: boolean },
): Promise<void> {
  await db.run(`UPDATE users SET ${flag} = ? WHERE user_id = ?`, isSet ? 1 : 0, userId);
}
