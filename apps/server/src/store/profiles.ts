import type { Queryable } from '@sotto/sql';
import { inTurns } from './in-list.ts';
import { putSearchName } from './user-search.ts';

/** A profile field's value is JSON text. */
export interface ProfileField {
  field: string;
  value: string;
}

export function listProfileFields(db: Queryable, userId: string): Promise<ProfileField[]> {
  return db.all<ProfileField>('SELECT field, value FROM profiles WHERE user_id = ? ORDER BY field', userId);
}

/** Name and picture of many, each as JSON text. */
export function listShownFields(
  db: Queryable,
  userIds: readonly string[],
): Promise<(ProfileField & { userId: string })[]> {
  return inTurns(userIds, ({ marks, values }) =>
    db.all(
      `SELECT user_id AS userId, field, value FROM profiles
       WHERE user_id IN ${marks} AND field IN ('displayname', 'avatar_url') ORDER BY user_id, field`,
      ...values,
    ),
  );
}

export async function getProfileField(db: Queryable, userId: string, field: string): Promise<string | undefined> {
  const row = await db.get<{ value: string }>(
    'SELECT value FROM profiles WHERE user_id = ? AND field = ?',
    userId,
    field,
  );
  return row?.value;
}

export async function putProfileField(db: Queryable, userId: string, { field, value }: ProfileField): Promise<void> {
  await db.run(
    'INSERT INTO profiles (user_id, field, value) VALUES (?, ?, ?) ON CONFLICT (user_id, field) DO UPDATE SET value = excluded.value',
    userId,
    field,
    value,
  );
  if (field === 'displayname') await putSearchName(db, userId, JSON.parse(value));
}

export async function deleteProfileField(db: Queryable, userId: string, field: string): Promise<void> {
  if (field === 'displayname') await putSearchName(db, userId, undefined);
  await db.run('DELETE FROM profiles WHERE user_id = ? AND field = ?', userId, field);
}

export async function deleteProfile(db: Queryable, userId: string): Promise<void> {
  await db.run('DELETE FROM profiles WHERE user_id = ?', userId);
}
