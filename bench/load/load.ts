import { firstLine } from '../machine.ts';
import { loadByAutocannon } from './autocannon.ts';
import { loadByWrk } from './wrk.ts';

/** PUT requests of one body, each to `path` with its own number at the end, in turn over all targets. */
export interface Load {
  url: string;
  targets: readonly Target[];
  body: string;
  connections: number;
  seconds: number;
  /** Distinguishes the numbers of this load from those of others on the same server. */
  label: string;
}

export interface Target {
  path: string;
  token: string;
}

export interface LoadResult {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Answers other than 200, and connections that failed. */
  errors: number;
}

/** `wrk` where it is installed, for it takes less of the processor away from the server; otherwise autocannon. */
export function chooseLoader(): { name: string; run(load: Load): Promise<LoadResult> } {
  const wrk = firstLine('wrk', ['--version']);
  if (wrk.startsWith('wrk')) return { name: wrk.split(' [')[0] as string, run: loadByWrk };
  return { name: 'autocannon', run: loadByAutocannon };
}
