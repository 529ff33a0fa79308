/**
 * The encryption wasm ships with debug names that nobody needs: 7.8 MB become 4.8 MB, and 1.29 MB on the wire.
 * The file that is bundled is the stripped copy from the build cache, so its name carries the hash of what is served.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { Plugin } from 'vite';
import { cachedFile } from './cache.ts';

const flags = [
  '--strip-debug',
  '--strip-producers',
  '--enable-bulk-memory',
  '--enable-reference-types',
  '--enable-multivalue',
  '--enable-sign-ext',
  '--enable-mutable-globals',
  '--enable-nontrapping-float-to-int',
];

const entry = /matrix-sdk-crypto-wasm[/\\]index\.mjs$/;
const reference = /new URL\("(\.\/pkg\/[^"]+\.wasm)", import\.meta\.url\)/;

/** Vite plugin: swaps the encryption wasm for its stripped copy. Builds only; the dev server serves it as shipped. */
export function stripWasm(): Plugin {
  return {
    name: 'sotto:strip-wasm',
    apply: 'build',
    enforce: 'pre',
    transform: {
      filter: { id: entry },
      handler(code, id) {
        const wasm = reference.exec(code)?.[1];
        if (wasm === undefined) this.error('the encryption package no longer refers to its wasm as expected');
        const original = readFileSync(join(dirname(id), wasm));
        const stripped = cachedFile({ step: `wasm-opt ${flags.join(' ')}`, extension: '.wasm' }, original, strip);
        const path = relative(dirname(id), stripped).replaceAll('\\', '/');
        return { code: code.replace(reference, `new URL(${JSON.stringify(path)}, import.meta.url)`), map: null };
      },
    },
  };
}

function strip(input: Uint8Array): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-wasm-'));
  try {
    const [from, to] = [join(folder, 'in.wasm'), join(folder, 'out.wasm')];
    writeFileSync(from, input);
    const binaryen = createRequire(import.meta.url).resolve('binaryen/package.json');
    const wasmOpt = join(dirname(binaryen), 'bin', 'wasm-opt');
    execFileSync(process.execPath, [wasmOpt, ...flags, from, '-o', to], { stdio: ['ignore', 'inherit', 'inherit'] });
    return readFileSync(to);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
