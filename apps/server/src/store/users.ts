import type { Queryable } from '@sotto/sql';

export interface User {
  userId: string;
  kind: 'user' | 'guest' | 'appservice';
  passwordHash: string | null;
  isAdmin: number;
  isDeactivated: number;
}

const columns =
  'user_id AS userId, kind, password_hash AS passwordHash, is_admin AS isAdmin, is_deactivated AS isDeactivated';

export function getUser(db: Queryable, userId: string): Promise<User | undefined> {
  return db.get<User>(`SELECT ${columns} FROM users WHERE user_id = ?`, userId);
}

export async function insertUser(
  db: Queryable,
  user: Omit<User, 'isDeactivated'> & { createdAtMs: number },
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
  return (await db.get('SELECT 1 AS one FROM users LIMIT 1')) !== undefined;
}
