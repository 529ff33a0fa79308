import type { Queryable } from '@sotto/sql';
import { getAccountData } from '../../store/account-data.ts';

/** Whom a person ignores (specification, "Ignoring Users"). A list of the wrong shape ignores nobody. */
export async function readIgnoredUsers(db: Queryable, userId: string): Promise<ReadonlySet<string>> {
  const content = await getAccountData(db, { userId, roomId: '', type: 'm.ignored_user_list' });
  const ignored = content === undefined ? undefined : JSON.parse(content).ignored_users;
  return new Set(typeof ignored === 'object' && ignored !== null ? Object.keys(ignored) : []);
}
