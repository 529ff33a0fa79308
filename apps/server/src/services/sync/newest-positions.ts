/** Where in the log the newest of each room or person is, as far back as that is remembered. */
export interface NewestPositions {
  /** An id and the position of something of its. */
  note(id: string, position: number): void;
  /** Whether the id has something after `since`, or may have: how far back `since` may lie is limited. */
  mayBeAfter(id: string, since: number): boolean;
  /** Forgets all: what there was up to this position is not known. */
  beginAt(position: number): void;
}

/**
 * @param from what there was up to here is not known
 * @param most so many ids are remembered at least, and twice as many at most
 */
export function createNewestPositions({ from, most }: { from: number; most: number }): NewestPositions {
  // Two generations, as in the memo of @sotto/sql. What lies up to `floor` may have been forgotten.
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  let floor = from;
  /** No position of the older generation is beyond this. */
  let oldUpto = from;
  let highest = from;
  const newest = (id: string) => young.get(id) ?? old.get(id) ?? 0;
  return {
    note(id, position) {
      highest = Math.max(highest, position);
      const known = newest(id);
      if (young.size >= most && !young.has(id)) {
        old = young;
        young = new Map();
        floor = oldUpto;
        oldUpto = highest;
      }
      young.set(id, Math.max(position, known));
    },
    mayBeAfter: (id, since) => since < floor || newest(id) > since,
    beginAt(position) {
      young = new Map();
      old = new Map();
      floor = position;
      oldUpto = position;
      highest = position;
    },
  };
}
