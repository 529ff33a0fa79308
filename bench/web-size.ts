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
    const all = Object.keys(files).filter((path) => /\.(?:js|css|wasm|html)$/.test(path));
    const isLater = (path: string) => path.startsWith(laterFolder);
    const code = all.filter((path) => !isLater(path));
    return [
      { name: 'JavaScript up to the login form', value: sum(firstScripts()) / 1e3, unit: 'kB', goal: { most: 250 } },
      { name: 'code up to the list of rooms', value: sum(code) / 1e6, unit: 'MB', goal: { most: 1.8 } },
      { name: 'of it wasm', value: sum(code.filter((path) => path.endsWith('.wasm'))) / 1e6, unit: 'MB' },
      ...all.filter(isLater).map((path) => ({ name: nameOfLater(path), value: sizeOf(path) / 1e3, unit: 'kB' })),
    ];
  },
};

/** What is fetched only when somebody asks for it (`apps/web/build/later.ts`). */
const laterFolder = 'assets/later/';

/** "assets/later/language-en-D3adBeef.js" → "only when asked for: language-en". */
const nameOfLater = (path: string) =>
  `only when asked for: ${path.slice(laterFolder.length).replace(/-.{8}\.\w+$/, '')}`;

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
