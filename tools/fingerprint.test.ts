import assert from 'node:assert/strict';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '@sotto/testing';
import { filesBelow } from './files-below.ts';
import { fingerprint } from './fingerprint.ts';

test('the fingerprint follows names and contents of sources and nothing else', (t) => {
  const root = temporaryFolder(t);
  const write = (path: string, text: string) => writeFileSync(join(root, path), text);
  for (const folder of ['app', 'app/src', 'app/dist', 'app/dist-7', 'app/node_modules', 'data'])
    mkdirSync(join(root, folder));
  write('app/src/a.ts', 'a');
  write('lock', '1');
  const print = () => fingerprint(root, ['app', 'lock', 'not-there']);
  const first = print();
  write('app/dist/a.js', 'built');
  write('app/dist-7/a.js', 'being built');
  write('app/node_modules/b.js', 'installed');
  write('data/sotto.db', 'kept');
  write('app/src/a.test.ts', 'a test');
  assert.equal(print(), first);
  assert.deepEqual(filesBelow(root, 'app'), ['app/src/a.test.ts', 'app/src/a.ts']);
  assert.deepEqual(filesBelow(root, ''), ['app/src/a.test.ts', 'app/src/a.ts', 'lock']);
  write('lock', '2');
  const second = print();
  assert.notEqual(second, first);
  renameSync(join(root, 'app/src/a.ts'), join(root, 'app/src/b.ts'));
  assert.notEqual(print(), second);
});
