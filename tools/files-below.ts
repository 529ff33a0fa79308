import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What people did not write: installed, built (also while it is being built), kept by a server, git's own. */
const notSources = /^(?:node_modules|dist|dist-.*|\.vite|\.git)$/;
const notSourcesAtRoot = /^(?:data|coverage)$/;

/** Every file at or below `path` (relative to `root`; `''` for all of it) that people write, sorted. */
export function filesBelow(root: string, path: string): string[] {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (stat.isFile()) return [path];
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter(({ name }) => !notSources.test(name) && !(path === '' && notSourcesAtRoot.test(name)))
    .flatMap((entry) => (entry.isDirectory() || entry.isFile() ? filesBelow(root, join(path, entry.name)) : []))
    .sort();
}
