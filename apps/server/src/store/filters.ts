import type { Queryable } from '@sotto/sql';

/** A filter's id is made from its definition, so that the same filter stored twice is one. */
export async function putFilter(
  db: Queryable,
  filter: { userId: string; filterId: string; definition: string },
): Promise<void> {
  await db.run(
    'INSERT INTO filters (user_id, filter_id, definition) VALUES (?, ?, ?) ON CONFLICT (user_id, filter_id) DO NOTHING',
    filter.userId,
    filter.filterId,
    filter.definition,
  );
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
