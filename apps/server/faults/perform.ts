import type { Fault, Skipped } from './fault.ts';

/** Runs a scenario and cleans up after it, whatever comes of it. */
export async function perform(
  fault: Fault,
  size: 'small' | 'full',
  say: (line: string) => void,
): Promise<string | Skipped> {
  const cleanUps: (() => void | Promise<void>)[] = [];
  try {
    return await fault.run({ say, after: (cleanUp) => cleanUps.push(cleanUp) }, size);
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}
