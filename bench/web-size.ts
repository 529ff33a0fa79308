import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'rolldown/utils';
import { ensureWebBuilt } from '../tools/build-web.ts';
import type { Bench } from './bench.ts';

const dist = fileURLToPath(new URL('../apps/web/dist/', import.meta.url));

/** As `apps/web/build/precompress.ts` writes it. */
type BuiltFiles = Record<string, { bytes: number; br?: number }>;

export const webSize: Bench = {
  name: 'web-size',
  sentence: 'what a browser has to fetch of the web app, compressed by brotli',
  async run() {
    const { state, output } = ensureWebBuilt();
    if (state === 'failed') throw new Error(output);
    const files: BuiltFiles = JSON.parse(readFileSync(join(dist, 'files.json'), 'utf8'));
    const sizeOf = (path: string) => files[path]?.br ?? files[path]?.bytes ?? 0;
    const sum = (paths: Iterable<string>) => [...paths].reduce((total, path) => total + sizeOf(path), 0);
    const code = Object.keys(files).filter((path) => /\.(?:js|css|wasm|html)$/.test(path));
    return [
      { name: 'JavaScript up to the login form', value: sum(firstScripts()) / 1e3, unit: 'kB', goal: { most: 250 } },
      { name: 'all code there is', value: sum(code) / 1e6, unit: 'MB', goal: { most: 1.8 } },
      { name: 'of it wasm', value: sum(code.filter((path) => path.endsWith('.wasm'))) / 1e6, unit: 'MB' },
    ];
  },
};

/** The scripts of index.html with all that they import statically: what runs before anything is shown. */
function firstScripts(): Set<string> {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const found = new Set<string>();
  const add = (path: string) => {
    if (found.has(path)) return;
    found.add(path);
    const { module } = parseSync(path, readFileSync(join(dist, path), 'utf8'));
    for (const { moduleRequest } of module.staticImports) add(join(dirname(path), moduleRequest.value));
  };
  for (const [, path] of html.matchAll(/(?:src|href)="\/?([^"]+\.js)"/g)) add(path as string);
  return found;
}
