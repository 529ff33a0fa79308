import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Locked {
  version?: string;
  link?: boolean;
  resolved?: string;
  license?: string;
  hasInstallScript?: boolean;
  optionalDependencies?: Record<string, string>;
}

const read = (path: string) => JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'));
const locked: Record<string, Locked> = read('package-lock.json').packages;
const installed = Object.entries(locked).filter(([path]) => path.includes('node_modules/'));

/**
 * The one exception (docs/decisions/thumbnails.md): the libvips that sharp brings, unmodified, a shared library that is loaded
 * at run time and that anybody can replace.
 */
const replaceable: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...['darwin-arm64', 'darwin-x64', 'linux-arm', 'linux-arm64', 'linux-ppc64', 'linux-riscv64', 'linux-s390x'],
    ...['linux-x64', 'linuxmusl-arm64', 'linuxmusl-x64'],
  ]
    .map((platform) => [`node_modules/@img/sharp-libvips-${platform}`, 'LGPL-3.0-or-later'])
    .concat(
      ['arm64', 'ia32', 'x64'].map((cpu) => [
        `node_modules/@img/sharp-win32-${cpu}`,
        'Apache-2.0 AND LGPL-3.0-or-later',
      ]),
      [['node_modules/@img/sharp-wasm32', 'Apache-2.0 AND LGPL-3.0-or-later AND MIT']],
    ),
);

/** Where Node looks for `name` from `path`: in its own node_modules, then in those of the folders above. */
function isFoundFrom(path: string, name: string): boolean {
  const nested = path
    .split('/node_modules/')
    .map((_, depth, parts) => parts.slice(0, depth + 1).join('/node_modules/'));
  return [...nested, ''].some((folder) => `${folder === '' ? '' : `${folder}/`}node_modules/${name}` in locked);
}

test('lockfile: packages for other platforms are listed too, or `npm ci` refuses', () => {
  const missing = installed.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isFoundFrom(path, name)),
  );
  assert.deepEqual(missing, [], 'add them by hand like their neighbours when the registry in use does not have them');
});

test('lockfile: every licence lets people use, change and sell what is built with it', () => {
  const permissive =
    /^\(?(?:(?:MIT|MIT-0|Apache-2\.0|BSD-[23]-Clause|0BSD|ISC|MPL-2\.0|BlueOak-1\.0\.0|CC0-1\.0|Unlicense|Python-2\.0|Zlib)(?: (?:OR|AND) )?)+\)?$/;
  const others = installed.filter(
    ([path, { license = '', link }]) => !link && !permissive.test(license) && !(path in replaceable),
  );
  assert.deepEqual(
    others.map(([path, { license }]) => `${path}: ${license}`),
    [],
  );
});

test('lockfile: no exception outlives its package', () => {
  const stated = Object.keys(replaceable).map((path) => [path, locked[path]?.license]);
  assert.deepEqual(stated, Object.entries(replaceable));
});

test('lockfile: it names no registry, so that everyone uses their own', () => {
  const hosts = installed.filter(([, { resolved = '' }]) => resolved.includes('://'));
  assert.deepEqual(
    hosts.map(([path]) => path),
    [],
  );
});

test('lockfile: only the pinned Node runs an install script', () => {
  const scripts = installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path);
  assert.deepEqual(
    scripts.filter((path) => path !== 'node_modules/node'),
    [],
  );
  assert.deepEqual(read('package.json').allowScripts, { node: true });
});
