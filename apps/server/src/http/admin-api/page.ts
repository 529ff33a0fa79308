import Type from 'typebox';
import { OptionalText } from '../schemas.ts';

/** The query of a list in pages. */
export const PageQuery = {
  search: OptionalText,
  /** `next_from` of the page before. */
  from: OptionalText,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
};

/** The query of a list that begins with the newest; `before` is of the last that was seen. */
export const NewestFirstQuery = Type.Object({
  before: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: PageQuery.limit,
});

interface Asked {
  search?: string;
  from?: string;
  limit?: number;
}

/** A page, and from where the next one begins; undefined after the last. */
export async function page<T>(
  { search, from, limit = 100 }: Asked,
  list: (page: { search: string | undefined; after: string | undefined; limit: number }) => Promise<T[]>,
  idOf: (item: T) => string,
): Promise<{ items: T[]; next: string | undefined }> {
  const found = await list({ search, after: from, limit: limit + 1 });
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? idOf(last) : undefined };
}
