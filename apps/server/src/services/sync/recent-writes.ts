import type { Queryable } from '@sotto/sql';
import { createNewestPositions } from './newest-positions.ts';
import type { SyncRange } from './streams/range.ts';

/**
 * In which rooms, or for which people, something of one kind was written lately, so that who comes back after a moment looks
 * nowhere else.
 */
export interface RecentWrites {
  /**
   * Those of these that may have something in `(since, upto]`, none left out: all of them, when that is too long ago to know.
   */
  among(db: Queryable, ids: ReadonlySet<string>, range: SyncRange): Promise<Iterable<string>>;
}

/** A room or a person, and where in the log something of theirs is. */
export interface Write {
  id: string;
  position: number;
}

/** Reads where something was written in `(since, upto]`. */
export type ReadWrites = (db: Queryable, range: SyncRange) => Promise<Write[]>;

/** How far back is read at the most, in positions: when the first reader comes, or one after a long time without any. */
const longestReach = 2_000;

/**
 * Remembers the newest position of each room or person. Everything that is written is read once, by whoever comes
 * first, instead of by each of the many who are woken by it.
 * @param mostIds so many of them are remembered at least, and twice as many at most
 */
export function createRecentWrites(read: ReadWrites, mostIds = 20_000): RecentWrites {
  const newest = createNewestPositions({ from: 0, most: mostIds });
  let reached = 0;
  let reading: Promise<void> | undefined;

  async function readOn(db: Queryable, upto: number): Promise<void> {
    for (const { id, position } of await read(db, { since: reached, upto })) newest.note(id, position);
    reached = upto;
  }

  return {
    async among(db, ids, { since, upto }) {
      if (upto - reached > longestReach) {
        reached = upto - longestReach;
        newest.beginAt(reached);
      }
      while (reached < upto) {
        reading ??= readOn(db, upto).finally(() => {
          reading = undefined;
        });
        await reading;
      }
      return [...ids].filter((id) => newest.mayBeAfter(id, since));
    },
  };
}
