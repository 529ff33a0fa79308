import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface CallFrame {
  functionName: string;
  url: string;
  lineNumber: number;
}

interface CpuProfile {
  nodes: { id: number; callFrame: CallFrame }[];
  samples: number[];
}

/** Where the processor time went by the `.cpuprofile` files of a folder: by part of the house, then by function. */
export function describeProfiles(folder: string): string[] {
  const frames = readdirSync(folder).flatMap((file) =>
    sampledFrames(JSON.parse(readFileSync(join(folder, file), 'utf8'))),
  );
  return [...shares(frames.map(partOf)).slice(0, 12), '', ...shares(frames.map(placeOf)).slice(0, 20)];
}

function sampledFrames({ nodes, samples }: CpuProfile): CallFrame[] {
  const frameOf = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const frames = samples.map((sample) => frameOf.get(sample) as CallFrame);
  return frames.filter(({ functionName }) => functionName !== '(idle)');
}

/** Each name with its share of all, most first. */
function shares(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].sort(([, left], [, right]) => right - left);
  return sorted.map(([name, count]) => `${((100 * count) / names.length).toFixed(1).padStart(5)} %  ${name}`);
}

function shorten(url: string): string {
  return url.replace(/^file:\/\/.*?\/(?=(?:apps|packages|node_modules)\/)/, '');
}

/** `apps/server/src/http`, `packages/sql`, `node_modules/fastify`, `node:` or, for what is no JavaScript, `native`. */
function partOf({ url }: CallFrame): string {
  if (url === '') return 'native';
  return /^(?:apps\/server\/src\/[^/]+|packages\/[^/]+|node_modules\/[^/]+|node:)/.exec(shorten(url))?.[0] ?? 'other';
}

function placeOf({ functionName, url, lineNumber }: CallFrame): string {
  return url === '' ? functionName : `${functionName || '(anonymous)'} ${shorten(url)}:${lineNumber + 1}`;
}
