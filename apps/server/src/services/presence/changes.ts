interface Range {
  since: number;
  upto: number;
}

/** Whose presence changed when: a person's newest change alone counts. */
export interface Changes {
  /** Positions come in rising order. */
  add(userId: string, position: number): void;
  /** Who changed last in `(since, upto]`. Costs what there is to tell, not how many people there are. */
  between(range: Range): string[];
  /** How many changes there were since, told to anyone or overtaken: no more than `most` are counted. */
  countSince(since: number, most: number): number;
  /** Whether somebody changed last in `(since, upto]`. */
  isBetween(userId: string, range: Range): boolean;
}

export function createChanges(): Changes {
  const newest = new Map<string, number>();
  let list: { userId: string; position: number }[] = [];
  const isNewest = (each: { userId: string; position: number }) => newest.get(each.userId) === each.position;
  return {
    add(userId, position) {
      if ((newest.get(userId) ?? 0) >= position) return;
      newest.set(userId, position);
      list.push({ userId, position });
      if (list.length > 2 * newest.size + 1000) list = list.filter(isNewest);
    },
    between({ since, upto }) {
      const found: string[] = [];
      for (let index = list.length - 1; index >= 0; index--) {
        const each = list[index] as (typeof list)[number];
        if (each.position <= since) break;
        if (each.position <= upto && isNewest(each)) found.push(each.userId);
      }
      return found;
    },
    countSince(since, most) {
      let count = 0;
      while (count < most && (list[list.length - 1 - count]?.position ?? 0) > since) count++;
      return count;
    },
    isBetween(userId, { since, upto }) {
      const position = newest.get(userId) ?? 0;
      return position > since && position <= upto;
    },
  };
}
