import { isAbsolute, relative, resolve } from 'node:path';
import { filesBelow } from '../files-below.ts';

/** The absolute paths of all `*.test.ts` at or below `paths`, which are relative to `root` or absolute. */
export function testFilesBelow(root: string, paths: readonly string[]): string[] {
  const found = paths.flatMap((path) => filesBelow(root, isAbsolute(path) ? relative(root, path) : path));
  return [...new Set(found)].filter((path) => path.endsWith('.test.ts')).map((path) => resolve(root, path));
}
