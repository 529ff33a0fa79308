import { dirname, join } from 'node:path/posix';
import { importsOf } from './imports.ts';
import type { Finding, Source } from './source.ts';

/**
 * Files that import each other in a loop, types included: neither can be read first, or moved without the other. Looks
 * at the whole tree at once, unlike the rules for one file.
 */
export function* circleFindings(sources: readonly Source[]): Generator<Finding> {
  const imports = new Map(sources.map((source) => [source.path, relativeImports(source)]));
  const done = new Set<string>();
  const way: string[] = [];
  const circles: string[][] = [];

  function walk(path: string): void {
    const at = way.indexOf(path);
    if (at !== -1) circles.push(way.slice(at));
    if (at !== -1 || done.has(path)) return;
    way.push(path);
    for (const target of imports.get(path) ?? []) walk(target);
    way.pop();
    done.add(path);
  }

  for (const path of imports.keys()) walk(path);
  for (const circle of circles) {
    const message = `imports in a circle: ${[...circle, circle[0]].join(' → ')}. Put what both need into a third file.`;
    yield { path: circle[0] as string, line: 1, message };
  }
}

function relativeImports(source: Source): string[] {
  const specifiers = [...importsOf(source)].map(({ specifier }) => specifier);
  return specifiers.filter((each) => each.startsWith('.')).map((each) => join(dirname(source.path), each));
}
