import type { Queryable } from '@sotto/sql';
import { listKeyChanges, listOwnChanges } from '../../store/own-changes.ts';
import { createRecentWrites } from './recent-writes.ts';
import type { SyncRange } from './streams/range.ts';

/**
 * Whether a range has anything beside rooms: what changed for anybody is read once for all whom one message wakes, and
 * most of them are told at once that there is nothing more to look for.
 */
export interface OwnChanges {
  /** Messages to devices, account data, push rules and memberships of this person. */
  mayHave(userId: string, range: SyncRange): Promise<boolean>;
  /** Keys and signatures of anybody, and people who came or left anywhere. */
  mayHaveKeyChanges(range: SyncRange): Promise<boolean>;
}

const keys: ReadonlySet<string> = new Set(['keys']);

export function createOwnChanges(db: Queryable): OwnChanges {
  const people = createRecentWrites(listOwnChanges);
  const keyChanges = createRecentWrites(listKeyChanges);
  const isAny = (found: Iterable<string>) => found[Symbol.iterator]().next().done !== true;
  return {
    mayHave: async (userId, range) => isAny(await people.among(db, new Set([userId]), range)),
    mayHaveKeyChanges: async (range) => isAny(await keyChanges.among(db, keys, range)),
  };
}
