import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How long a test waits for what must come: so long waits only who is not given a processor, or would wait forever. That
 * something comes soon is no promise that this deadline tests.
 */
export const patienceMs = 60_000;

export interface UntilOptions {
  /** `patienceMs` unless told otherwise. */
  deadlineMs?: number;
  /** For the error: "waited 60000 ms until …". */
  what?: string;
}

/** Asks again every 20 ms until the answer is neither `undefined` nor `false`. Throws after the deadline. */
export async function until<T>(
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  { deadlineMs = patienceMs, what = String(ask) }: UntilOptions = {},
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms until ${what}`);
    await sleep(20);
  }
}
