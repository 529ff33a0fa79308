/** A clock that moves only when it is told to. */
export interface FakeClock {
  /** Milliseconds, like `Date.now`. Can be passed on its own. */
  now(): number;
  advance(ms: number): void;
}

/** Starts in November 2023 unless told otherwise, so that no test leans on the day it runs. */
export function createFakeClock(startMs = 1_700_000_000_000): FakeClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance(ms) {
      nowMs += ms;
    },
  };
}
