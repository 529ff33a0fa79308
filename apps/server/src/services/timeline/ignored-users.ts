import type { Queryable } from '@sotto/sql';
import { getAccountData } from '../../store/account-data.ts';
import type { EventRow } from '../../store/events.ts';
import type { EventFilter } from './event-filter.ts';

/** Whom a person ignores (specification, "Ignoring Users"). A list of the wrong shape ignores nobody. */
export async function readIgnoredUsers(db: Queryable, userId: string): Promise<ReadonlySet<string>> {
  return ignoredIn(await getAccountData(db, { userId, roomId: '', type: 'm.ignored_user_list' }));
}

/** The people in the text of an `m.ignored_user_list`. */
export function ignoredIn(content: string | undefined): ReadonlySet<string> {
  const ignored = content === undefined ? undefined : JSON.parse(content).ignored_users;
  return new Set(typeof ignored === 'object' && ignored !== null ? Object.keys(ignored) : []);
}

/** The filter without what ignored people sent; the state that they set is everybody's. */
export function ignoring(filter: EventFilter, ignored: ReadonlySet<string>): EventFilter {
  if (ignored.size === 0) return filter;
  const isShown = (row: EventRow) => row.stateKey !== null || !ignored.has(row.sender);
  return { ...filter, isOpen: false, select: (db, rows) => filter.select(db, rows.filter(isShown)) };
}
