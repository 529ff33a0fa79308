/** Results of slow build steps, kept under `node_modules/.cache/sotto` by the hash of what went in. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const modules = dirname(dirname(createRequire(import.meta.url).resolve('vite/package.json')));
const folder = join(modules, '.cache', 'sotto');

/** What is done to the input, and how the file that comes out ends. */
export interface Step {
  step: string;
  extension: string;
}

type Make = (input: Uint8Array) => Uint8Array;

/** The path of the cached file for this input, made by `make` when it is not there yet. */
export function cachedFile({ step, extension }: Step, input: Uint8Array, make: Make): string {
  const key = createHash('sha256').update(step).update('\0').update(input).digest('hex').slice(0, 32);
  const path = join(folder, `${key}${extension}`);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    const output = make(input);
    // Two builds may run at once: whoever renames last wins, and both wrote the same bytes.
    writeFileSync(`${path}.${process.pid}`, output);
    renameSync(`${path}.${process.pid}`, path);
  }
  return path;
}

/** The same, as bytes. */
export function cached(step: Step, input: Uint8Array, make: Make): Uint8Array {
  return readFileSync(cachedFile(step, input, make));
}
