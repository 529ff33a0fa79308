/** Writes the hash of each script and stylesheet that the page names into the page, so that no other file is taken for it. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const named = /<(?:script|link)\b[^>]*?\b(?:src|href)="\/(assets\/[^"]+)"/g;

/** Vite plugin: `integrity` attributes (Subresource Integrity) in `index.html`, of the files as they were written. */
export function integrity(): Plugin {
  return {
    name: 'sotto:integrity',
    apply: 'build',
    writeBundle({ dir = '' }) {
      const page = join(dir, 'index.html');
      const html = readFileSync(page, 'utf8').replace(named, (tag, file: string) => {
        const hash = createHash('sha384').update(readFileSync(join(dir, file)));
        return `${tag} integrity="sha384-${hash.digest('base64')}"`;
      });
      writeFileSync(page, html);
    },
  };
}
