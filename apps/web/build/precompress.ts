/**
 * Writes a `.br` and a `.gz` beside every built file that gets smaller by it, so that the server only passes bytes on,
 * and `files.json`: for each file its size, which encodings lie beside it, and whether its name carries its hash.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { cached } from './cache.ts';

/** `files.json`: path relative to `dist`, with forward slashes → what the server needs to know. Sizes in bytes. */
export interface BuiltFiles {
  [path: string]: { bytes: number; br?: number; gz?: number; immutable: boolean };
}

const worthIt = /\.(?:js|css|html|svg|wasm|json|webmanifest)$/;

/** Vite plugin: compresses what was built and lists it in `files.json`. */
export function precompress(): Plugin {
  let outDir = '';
  return {
    name: 'sotto:precompress',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      outDir = join(config.root, config.build.outDir);
    },
    closeBundle() {
      const files: BuiltFiles = {};
      for (const path of builtFiles(outDir)) files[path] = compressFile(outDir, path);
      writeFileSync(join(outDir, 'files.json'), `${JSON.stringify(files, null, 1)}\n`);
    },
  };
}

function builtFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(?:br|gz)$/.test(entry.name) && entry.name !== 'files.json')
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}

function compressFile(folder: string, path: string): BuiltFiles[string] {
  const bytes = readFileSync(join(folder, path));
  const about: BuiltFiles[string] = { bytes: bytes.length, immutable: path.startsWith('assets/') };
  if (!worthIt.test(path)) return about;
  for (const [encoding, compress] of [['br', brotli] as const, ['gz', gzip] as const]) {
    const smaller = cached({ step: `compress ${encoding}`, extension: `.${encoding}` }, bytes, compress);
    if (smaller.length >= bytes.length) continue;
    writeFileSync(join(folder, `${path}.${encoding}`), smaller);
    about[encoding] = smaller.length;
  }
  return about;
}

function brotli(input: Uint8Array): Uint8Array {
  const size = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: input.length,
  };
  return brotliCompressSync(input, { params: size });
}

function gzip(input: Uint8Array): Uint8Array {
  return gzipSync(input, { level: 9 });
}
