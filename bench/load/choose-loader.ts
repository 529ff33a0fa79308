import { firstLine } from '../machine.ts';
import { loadByAutocannon } from './autocannon.ts';
import type { Load, LoadResult } from './load.ts';
import { loadByWrk } from './wrk.ts';

/** `wrk` where it is installed, for it takes less of the processor away from the server; otherwise autocannon. */
export function chooseLoader(): { name: string; run(load: Load): Promise<LoadResult> } {
  const wrk = firstLine('wrk', ['--version']);
  if (wrk.startsWith('wrk')) return { name: wrk.split(' [')[0] as string, run: loadByWrk };
  return { name: 'autocannon', run: loadByAutocannon };
}
