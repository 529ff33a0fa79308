import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Services } from '../services/index.ts';
import { adminApiRoutes } from './admin-api/routes.ts';
import { type ClientApiSettings, clientApiRoutes } from './client-api/routes.ts';

const sources = new URL('../', import.meta.url);
const document = readFileSync(new URL('../../../docs/conformance.md', sources), 'utf8');

/** Rows of the tables of one chapter, without their heads. */
function rowsOf(chapter: string): string[][] {
  const text = document.split(/^## /m).find((each) => each.startsWith(chapter)) ?? '';
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  const cells = rows.map((line) => line.split('|').slice(1, -1));
  return cells
    .map((row) => row.map((cell) => cell.trim()))
    .filter(([first]) => !/^(?:operation|what)$/.test(first ?? ''));
}

/** `GET, PUT /a, /b, POST /c` → GET /a, PUT /a, GET /b, PUT /b, POST /c. */
function operationsOf(cell: string): string[] {
  const found: string[] = [];
  let methods: string[] = [];
  let isOpen = false;
  for (const part of cell.split(', ')) {
    const [, method, path] =
      /^(GET|PUT|POST|DELETE)?(?:^| |$)(\/\S*)?$/.exec(part) ?? assert.fail(`not an operation: ${part}`);
    if (method !== undefined) methods = isOpen ? [...methods, method] : [method];
    isOpen = path === undefined;
    if (path !== undefined) for (const each of methods) found.push(`${each} ${normal(path)}`);
  }
  return found;
}

const normal = (path: string) => path.replace(/\{[^}]*\}|:[A-Za-z]+/g, '{}').replace(/^\/v\d(?=\/)/, '');

/** Every endpoint with the paths it is found at, its own one first; nothing of a service is needed to know them. */
function servedEndpoints(): string[][] {
  const anything: unknown = new Proxy(() => undefined, { get: () => anything, apply: () => anything });
  const settings = { legacyMediaEndpoints: true, contact: {}, publicUrl: () => '' } as unknown as ClientApiSettings;
  const services = anything as Services;
  const endpoints = [...clientApiRoutes(services, settings), ...adminApiRoutes(services, 'localhost')];
  const named = endpoints.map(({ method, paths }) => paths.map((path) => `${method} ${normal(path)}`));
  return named.filter(([first]) => !first?.includes(' /_sotto/'));
}

test('conformance: every endpoint is in the table, and all that the table names is served', () => {
  const told = rowsOf('Operations').flatMap(([operations = '']) => operationsOf(operations));
  const served = servedEndpoints();
  assert.ok(served.length > 150 && told.length > 150, `${served.length} served, ${told.length} told`);
  assert.deepEqual(
    told.filter((each, index) => told.indexOf(each) !== index),
    [],
    'told twice',
  );
  const own = served.map(([first = '']) => first);
  assert.deepEqual(
    own.filter((each) => !told.includes(each)),
    [],
    'served and not told',
  );
  const all = new Set(served.flat());
  assert.deepEqual(
    told.filter((each) => !all.has(each)),
    [],
    'told and not served',
  );
  const missing = rowsOf('What is not served').flatMap(([operations = '']) => operationsOf(operations));
  assert.ok(missing.length > 0);
  assert.deepEqual(
    missing.filter((each) => all.has(each)),
    [],
    'served, although it is said not to be',
  );
});

test('conformance: every row names tests, and they exist', () => {
  for (const chapter of ['Operations', 'Beyond single operations']) {
    const rows = rowsOf(chapter);
    assert.ok(rows.length > 0, chapter);
    for (const [what, tests = ''] of rows) {
      let folder = '';
      for (const file of tests.split(', ')) {
        const path = file.includes('/') ? file : `${folder}/${file}`;
        folder = dirname(path);
        assert.ok(path.endsWith('.test.ts') && existsSync(fileURLToPath(new URL(path, sources))), `${what}: ${path}`);
      }
    }
  }
});
