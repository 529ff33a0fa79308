/** Throws a die: one of `sides`, or a whole number from 0 up to but not including a count of sides. */
export interface Dice {
  (sides: number): number;
  <T>(sides: readonly T[]): T;
}

/** Chance with a seed (mulberry32), so that a history that failed can be played again. */
export function createDice(seed: number): Dice {
  let state = seed;
  function dice<T>(sides: number | readonly T[]): number | T {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const thrown = (mixed ^ (mixed >>> 14)) >>> 0;
    return typeof sides === 'number' ? thrown % sides : (sides[thrown % sides.length] as T);
  }
  return dice as Dice;
}
