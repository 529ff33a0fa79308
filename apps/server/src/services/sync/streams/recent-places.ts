import type { Queryable } from '@sotto/sql';
import { createNewestPositions } from '../newest-positions.ts';
import type { SyncRange } from './range.ts';

/** Where something was written lately, rooms or people, so that who comes back after a moment looks nowhere else. */
export interface RecentPlaces {
  /**
   * Those of these places that may have something in `(since, upto]`, none left out: all of them, when that is too long ago
   * to know.
   */
  among(db: Queryable, ids: ReadonlySet<string>, range: SyncRange): Promise<Iterable<string>>;
}

/** A room or a person, and where in the log something of theirs is. */
export interface Place {
  id: string;
  position: number;
}

/** Reads where something was written in `(since, upto]`. */
export type ReadPlaces = (db: Queryable, range: SyncRange) => Promise<Place[]>;

/** How far back is read at the most, in positions: when the first reader comes, or one after a long time without any. */
const longestReach = 2_000;

/**
 * Remembers for each place where its newest entry of one kind is. Everything that is written is read once, by whoever comes
 * first, instead of by each of the many who are woken by it.
 * @param mostPlaces so many are remembered at least, and twice as many at most
 */
export function createRecentPlaces(read: ReadPlaces, mostPlaces = 20_000): RecentPlaces {
  const newest = createNewestPositions({ from: 0, most: mostPlaces });
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
