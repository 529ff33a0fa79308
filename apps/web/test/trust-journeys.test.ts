/** What docs/trust-journeys.md says of where promises are walked, compared with what there is. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../../..');
const rows = readFileSync(join(root, 'docs/trust-journeys.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/\| walked in \|$/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));

/** The files that the last column of a row names. */
const filesOf = (walkedIn: string): string[] =>
  walkedIn.split(/[;,]/).map((part) => /`(.+)`/.exec(part)?.[1] ?? `apps/web/test/${part.trim()}.browser.test.ts`);

test('each row of keys and trust is there, and each test that it names', () => {
  const ids = new Set(rows.map(([, id]) => id));
  const numbered = (letter: string, last: number) => Array.from({ length: last }, (_, at) => `${letter}${at + 1}`);
  for (const id of ['A3', 'A5', 'A6', 'A7', 'A8', ...numbered('B', 12), ...numbered('C', 8)])
    assert.ok(ids.has(id), id);
  for (const file of rows.flatMap((cells) => filesOf(cells.at(-2) ?? '')))
    assert.ok(existsSync(join(root, file)), file);
});
