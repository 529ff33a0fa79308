import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import test from 'node:test';

test('whatever wraps a step of the SDK has its place in the list', async () => {
  const engine = join(import.meta.dirname, '..');
  const files = (await readdir(engine, { recursive: true })).filter((file) => /(?<!\.test)\.ts$/.test(file));
  const texts = new Map<string, string>();
  for (const file of files) texts.set(basename(file), await readFile(join(engine, file), 'utf8'));
  const list = texts.get('wrapped-crypto.ts') ?? '';
  const wrapping = [...texts].filter(([, text]) => /\.bind\(\w+\);/.test(text)).map(([name]) => name);
  assert.ok(wrapping.length >= 8, wrapping.join());
  assert.deepEqual(
    wrapping.filter((name) => !list.includes(`\`${name}\``)),
    [],
    'to be told in trust/wrapped-crypto.ts, with its place and the reason',
  );
});
