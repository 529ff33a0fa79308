import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
}

/** The places that took most processor time themselves, most first, from the `.cpuprofile` files of a folder. */
export function hottest(folder: string, count = 25): string[] {
  const samplesAt = new Map<string, number>();
  let all = 0;
  for (const file of readdirSync(folder)) {
    const { nodes, samples }: CpuProfile = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const placeOf = new Map(nodes.map(({ id, callFrame }) => [id, describe(callFrame)]));
    for (const sample of samples) {
      const place = placeOf.get(sample) ?? '';
      if (place === '(idle)') continue;
      samplesAt.set(place, (samplesAt.get(place) ?? 0) + 1);
      all++;
    }
  }
  const sorted = [...samplesAt].sort(([, left], [, right]) => right - left).slice(0, count);
  return sorted.map(([place, samples]) => `${((100 * samples) / all).toFixed(1).padStart(5)} %  ${place}`);
}

function describe({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName;
  const short = url.replace(/^file:\/\/.*\/(?=(?:apps|packages|node_modules)\/)/, '');
  return `${functionName || '(anonymous)'} ${short}:${lineNumber + 1}`;
}
