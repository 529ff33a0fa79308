import type { PersonRules } from './person-rules.ts';

/** An event that notified. */
export interface Notified {
  readonly position: number;
  readonly threadId: string;
  readonly isHighlight: boolean;
}

/** What in a room notified a person, as far as it was looked at: up to `upto`, by these rules. Oldest first. */
export interface Tally {
  readonly upto: number;
  readonly rules: PersonRules;
  readonly notified: readonly Notified[];
}

/** Remembers tallies by person and room, as many as the budget of entries allows; the least used go. */
export interface TallyMemory {
  get(userId: string, roomId: string): Tally | undefined;
  set(userId: string, roomId: string, tally: Tally): void;
}

/** A tally with nothing in it takes the room of so many entries. */
const baseWeight = 4;

export function createTallyMemory(mostEntries = 200_000): TallyMemory {
  // Two generations, as in the memo of @sotto/sql, but full by weight: a room may have none or hundreds.
  let young = new Map<string, Tally>();
  let old = new Map<string, Tally>();
  let weight = 0;
  const put = (key: string, tally: Tally) => {
    if (weight >= mostEntries) {
      old = young;
      young = new Map();
      weight = 0;
    }
    weight += baseWeight + tally.notified.length;
    const before = young.get(key);
    if (before !== undefined) weight -= baseWeight + before.notified.length;
    young.set(key, tally);
  };
  return {
    get(userId, roomId) {
      const key = `${userId}\0${roomId}`;
      const found = young.get(key);
      if (found !== undefined) return found;
      const older = old.get(key);
      if (older !== undefined) put(key, older);
      return older;
    },
    set: (userId, roomId, tally) => put(`${userId}\0${roomId}`, tally),
  };
}
