import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '@sotto/testing';

const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** The package.json of each workspace. */
const workspaces = globSync('{apps,packages}/*/package.json', { cwd: root });

interface Component {
  name: string;
  purl: string;
  licenses?: unknown[];
  hashes?: unknown[];
}

test('sbom: names each part that ships with version, licence and hash, and no place to get it from', (t) => {
  const folder = temporaryFolder(t);
  for (const name of ['package.json', 'package-lock.json', ...workspaces])
    cpSync(new URL(name, root), join(folder, name));
  execFileSync('sh', ['-c', JSON.parse(read('package.json')).scripts.sbom], { cwd: folder, stdio: 'pipe' });
  const text = readFileSync(join(folder, 'sbom.cdx.json'), 'utf8');
  const { bomFormat, components }: { bomFormat: string; components: Component[] } = JSON.parse(text);
  assert.equal(bomFormat, 'CycloneDX');
  const names = new Set(components.map(({ purl }) => /^pkg:npm\/(.+)@[^@]+$/.exec(purl)?.[1]?.replace('%40', '@')));
  for (const part of ['fastify', 'matrix-js-sdk', '@matrix-org/matrix-sdk-crypto-wasm', 'react', '@sotto/server'])
    assert.ok(names.has(part), part);
  for (const tool of ['playwright-core', 'typescript', 'vite', '@biomejs/biome']) assert.ok(!names.has(tool), tool);
  for (const { name, purl, licenses = [], hashes = [] } of components) {
    assert.ok(licenses.length > 0 || purl.includes('%40sotto/'), `the licence of ${name}`);
    assert.ok(hashes.length > 0 || purl.includes('%40sotto/'), `the hash of ${name}`);
  }
  assert.deepEqual(text.match(/https?:\/\/[^"]+/g), ['http://cyclonedx.org/schema/bom-1.5.schema.json']);
});
