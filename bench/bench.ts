/**
 * Load and cost, one command each: `npm run bench -- NAME`. A bench starts what it measures, measures real time, and
 * gives figures; main.ts prints them. Imports packages/testing, and nothing of the apps.
 */

/** One measured number. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** What is to be reached; `most` or `least`. */
  goal?: { most: number } | { least: number };
}

export interface BenchOptions {
  /** How long each load runs, in seconds. */
  seconds: number;
  /** Also say where the processor time goes, if the bench can. */
  profile: boolean;
  say(line: string): void;
}

export interface Bench {
  name: string;
  /** What it measures, in one sentence. */
  sentence: string;
  run(options: BenchOptions): Promise<Figure[]>;
}

export function reached({ value, goal }: Figure): boolean | undefined {
  if (goal === undefined) return undefined;
  return 'most' in goal ? value <= goal.most : value >= goal.least;
}
