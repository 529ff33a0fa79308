import type { Queryable } from '@sotto/sql';
import type { SyncRange } from './range.ts';

/** In which rooms something was written lately, so that who comes back after a moment looks nowhere else. */
export interface RecentRooms {
  /**
   * Those of these rooms that may have something in `(since, upto]`, none left out: all of them, when that is too long ago
   * to know.
   */
  among(db: Queryable, roomIds: ReadonlySet<string>, range: SyncRange): Promise<Iterable<string>>;
}

/** Reads where something was written in `(since, upto]`. */
export type ReadPlaces = (db: Queryable, range: SyncRange) => Promise<{ roomId: string; position: number }[]>;

/** How far back is read at the most, in positions: when the first reader comes, or one after a long time without any. */
const longestReach = 2_000;

/**
 * Remembers for each room where its newest entry of one kind is. Everything that is written is read once, by whoever comes
 * first, instead of by each of the many who are woken by it.
 * @param mostRooms so many are remembered at least, and twice as many at most
 */
export function createRecentRooms(read: ReadPlaces, mostRooms = 20_000): RecentRooms {
  // Two generations, as in the memo of @sotto/sql. What lies up to `floor` may have been forgotten.
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  let floor = 0;
  let oldUpto = 0;
  let highest = 0;
  let reached = 0;
  let reading: Promise<void> | undefined;

  function note({ roomId, position }: { roomId: string; position: number }): void {
    highest = Math.max(highest, position);
    if (young.size >= mostRooms && !young.has(roomId)) {
      old = young;
      young = new Map();
      floor = oldUpto;
      oldUpto = highest;
    }
    young.set(roomId, Math.max(position, young.get(roomId) ?? 0));
  }

  function beginAt(position: number): void {
    young = new Map();
    old = new Map();
    floor = position;
    oldUpto = position;
    reached = position;
  }

  async function readOn(db: Queryable, upto: number): Promise<void> {
    for (const place of await read(db, { since: reached, upto })) note(place);
    reached = upto;
  }

  return {
    async among(db, roomIds, { since, upto }) {
      if (upto - reached > longestReach) beginAt(upto - longestReach);
      while (reached < upto) {
        reading ??= readOn(db, upto).finally(() => {
          reading = undefined;
        });
        await reading;
      }
      if (since < floor) return roomIds;
      return [...roomIds].filter((roomId) => (young.get(roomId) ?? old.get(roomId) ?? 0) > since);
    },
  };
}
