/** What a scenario is given: where to say how far it is, and who cleans up after it. */
export interface Stage {
  /** A line of progress. */
  say(line: string): void;
  /** Runs when the scenario has ended, however it ends; the last one first. */
  after(cleanUp: () => void | Promise<void>): void;
}

interface Definition<Size> {
  /** As `npm run soak NAME` takes it. */
  name: string;
  /** What must hold, in one sentence. */
  sentence: string;
  /** For `npm test`: seconds. */
  small: Size;
  /** For `npm run soak`: what docs/security.md promises. */
  full: Size;
  /** Throws when it does not hold; resolves with the figures of the run, or with why it could not run here. */
  run(stage: Stage, size: Size): Promise<string | Skipped>;
}

/** Something that this machine lacks. */
export interface Skipped {
  skipped: string;
}

/** Something that breaks, at two sizes. */
export interface Fault {
  name: string;
  sentence: string;
  run(stage: Stage, size: 'small' | 'full'): Promise<string | Skipped>;
}

/** One body for each fault, with its sizes as arguments. */
export function defineFault<Size>({ name, sentence, run, ...sizes }: Definition<Size>): Fault {
  return { name, sentence, run: (stage, size) => run(stage, sizes[size]) };
}

/** Every number below `count`. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
