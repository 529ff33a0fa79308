import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const notSources = new Set(['node_modules', 'dist', '.vite']);

/** Every file at or below `path` (relative to `root`, forward slashes), sorted; without installed and built ones. */
export function filesBelow(root: string, path: string): string[] {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (stat.isFile()) return [path];
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => !notSources.has(entry.name) && !entry.name.startsWith('dist-'))
    .flatMap((entry) => (entry.isDirectory() || entry.isFile() ? filesBelow(root, join(path, entry.name)) : []))
    .sort();
}

/** A hash of names and contents: two trees with the same one build the same. Tests count as no source. */
export function fingerprint(root: string, paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((start) => filesBelow(root, start))) {
    if (/\.test\.tsx?$/.test(path)) continue;
    const content = readFileSync(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
