import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  /** 10 s unless told otherwise. */
  deadlineMs?: number;
  /** For the error: "waited 10000 ms until …". */
  what?: string;
}

/** Asks again every 20 ms until the answer is neither `undefined` nor `false`. Throws after the deadline. */
export async function until<T>(
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  { deadlineMs = 10_000, what = String(ask) }: UntilOptions = {},
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms until ${what}`);
    await sleep(20);
  }
}
