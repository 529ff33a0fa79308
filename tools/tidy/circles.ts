import { dirname, join } from 'node:path/posix';
import { importsOf } from './imports.ts';
import type { Finding, Source } from './source.ts';

/**
 * Files that import each other in a loop, types included: neither can be read first, or moved without the other. Looks
 * at the whole tree at once, unlike the rules for one file.
 */
export function* circleFindings(sources: readonly Source[]): Generator<Finding> {
  for (const circle of circlesOf(new Map(sources.map((source) => [source.path, relativeImports(source)])))) {
    const message = `imports in a circle: ${[...circle, circle[0]].join(' → ')}. Put what both need into a third file.`;
    yield { path: circle[0] as string, line: 1, message };
  }
}

/** The same for the folders in a folder, each taken as one; tests may look at whatever they need. */
export function* folderCircleFindings(sources: readonly Source[], parent: string): Generator<Finding> {
  const folderOf = (path: string) => /^[^/]+/.exec(path.slice(parent.length))?.[0] as string;
  const isInside = (path: string) => path.startsWith(parent);
  const imports = new Map<string, string[]>();
  for (const source of sources) {
    if (!isInside(source.path) || /\.test\.|-fixture\./.test(source.path)) continue;
    const from = folderOf(source.path);
    const others = relativeImports(source).filter(isInside).map(folderOf);
    imports.set(from, [...(imports.get(from) ?? []), ...others.filter((other) => other !== from)]);
  }
  for (const circle of circlesOf(imports)) {
    const message = `folders in a circle: ${[...circle, circle[0]].join(' → ')}. Put what both need into a third one.`;
    yield { path: `${parent}${circle[0]}`, line: 1, message };
  }
}

function circlesOf(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>();
  const way: string[] = [];
  const circles: string[][] = [];

  function walk(name: string): void {
    const at = way.indexOf(name);
    if (at !== -1) circles.push(way.slice(at));
    if (at !== -1 || done.has(name)) return;
    way.push(name);
    for (const target of imports.get(name) ?? []) walk(target);
    way.pop();
    done.add(name);
  }

  for (const name of imports.keys()) walk(name);
  return circles;
}

function relativeImports(source: Source): string[] {
  const specifiers = [...importsOf(source)].map(({ specifier }) => specifier);
  return specifiers.filter((each) => each.startsWith('.')).map((each) => join(dirname(source.path), each));
}
