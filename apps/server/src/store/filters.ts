import type { Queryable } from '@sotto/sql';
import { addStoredBytes, extraBytes, type Stored } from './stored-bytes.ts';

/**
 * A filter's id is made from its definition, so that the same filter stored twice is one. Resolves with how much the
 * person keeps now: filters count as account data.
 */
export async function putFilter(
  db: Queryable,
  filter: { userId: string; filterId: string; definition: string },
): Promise<Stored> {
  const added = await db.run(
    'INSERT INTO filters (user_id, filter_id, definition) VALUES (?, ?, ?) ON CONFLICT (user_id, filter_id) DO NOTHING',
    filter.userId,
    filter.filterId,
    filter.definition,
  );
  const bytes = added > 0 ? Buffer.byteLength(filter.definition) + extraBytes.account_data : 0;
  return addStoredBytes(db, { userId: filter.userId, kind: 'account_data', bytes });
}

export async function getFilterDefinition(
  db: Queryable,
  userId: string,
  filterId: string,
): Promise<string | undefined> {
  const row = await db.get<{ definition: string }>(
    'SELECT definition FROM filters WHERE user_id = ? AND filter_id = ?',
    userId,
    filterId,
  );
  return row?.definition;
}
