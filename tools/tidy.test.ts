import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { circleFindings, folderCircleFindings } from './tidy/circles.ts';
import { classFindings, globalFindings } from './tidy/globals.ts';
import { layerFindings, placeFindings } from './tidy/layers.ts';
import { fileSizeFindings, functionFindings } from './tidy/sizes.ts';
import { makeSource, type Rule, readSources } from './tidy/source.ts';
import { indexFindings, nameFindings, wordFindings } from './tidy/words.ts';

const rules: Readonly<Record<string, Rule>> = {
  'imports run down': layerFindings,
  'every folder has its layer': placeFindings,
  'files are short': fileSizeFindings,
  'functions are short and take few parameters': functionFindings,
  'clock, chance, environment and output are arguments': globalFindings,
  'factories, not classes': classFindings,
  'nothing is left unfinished or switched off': wordFindings,
  'names say something': nameFindings,
  'an index says what its folder is': indexFindings,
};

const root = fileURLToPath(new URL('../', import.meta.url));
const sources = readSources(root);

for (const [name, rule] of Object.entries(rules)) {
  test(`tidy: ${name}`, () => {
    const findings = sources.flatMap((source) => [...rule(source)]);
    const report = findings.map(({ path, line, message }) => `${path}:${line}: ${message}`).join('\n');
    assert.equal(findings.length, 0, `${findings.length} findings\n${report}`);
  });
}

test('tidy: no files import each other in a circle', () => {
  assert.deepEqual(
    [...circleFindings(sources)].map(({ message }) => message),
    [],
  );
});

test('tidy: no services need each other in a circle', () => {
  assert.deepEqual(
    [...folderCircleFindings(sources, 'apps/server/src/services/')].map(({ message }) => message),
    [],
  );
});

test('tidy: the whole repository is looked at', () => {
  for (const path of [
    'tools/tidy.test.ts',
    'packages/protocol/src/index.ts',
    'apps/server/src/config/index.ts',
    'README.md',
  ]) {
    assert.ok(
      sources.some((source) => source.path === path),
      path,
    );
  }
});

test('tidy: links between documents lead somewhere', () => {
  const documents = sources.filter(({ path }) => path.endsWith('.md'));
  const broken = documents.flatMap(({ path, text }) => {
    const targets = [...text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)[^)]*\)/g)].map((match) => match[1] as string);
    return targets
      .filter((target) => !existsSync(join(root, dirname(path), target)))
      .map((target) => `${path}: ${target}`);
  });
  assert.deepEqual(broken, []);
});

/** What a rule says about a file that does not exist. */
function messages(rule: Rule, path: string, text: string): string[] {
  const declared = new Set(['yaml', 'react', 'matrix-js-sdk']);
  return [...rule(makeSource(path, text, declared))].map(({ line, message }) => `${line}: ${message}`);
}

function assertFound(rule: Rule, bad: readonly (readonly [path: string, text: string, message: RegExp])[]): void {
  for (const [path, text, message] of bad) {
    const said = messages(rule, path, text);
    assert.ok(said.length === 1 && message.test(said[0] as string), `${path}: ${text}\nsaid: ${said.join('; ')}`);
  }
}

function assertFine(rule: Rule, good: readonly (readonly [path: string, text: string])[]): void {
  for (const [path, text] of good) assert.deepEqual(messages(rule, path, text), [], `${path}: ${text}`);
}

test('tidy can fail: layers', () => {
  assertFound(layerFindings, [
    [
      'apps/server/src/services/rooms/join.ts',
      "\nimport type { R } from '../../http/router.ts';",
      /^2: .*knows nothing of HTTP/,
    ],
    ['apps/server/src/http/a.ts', "import { rooms } from '../store/rooms.ts';", /one call of a service/],
    ['apps/server/src/http/a.ts', "import { openSqlite } from '@sotto/sql';", /knows no storage/],
    ['apps/server/src/store/a.ts', "export { x } from '../services/rooms/x.ts';", /a table knows SQL/],
    ['apps/server/src/log/a.ts', "await import('../store/events.ts');", /the writer orders/],
    ['apps/web/src/features/rooms/a.tsx', "import '../timeline/view.tsx';", /features never import each other/],
    ['apps/web/src/text/a.ts', "import '../features/login/view.tsx';", /only app\.tsx/],
    ['apps/web/src/app.tsx', "import { createClient } from 'matrix-js-sdk';", /only importer/],
    ['apps/web/src/a.ts', "import '@sotto/server/src/config/index.ts';", /through packages\/client alone/],
    ['apps/web/src/a.ts', "import { startServer } from '@sotto/testing';", /through packages\/client alone/],
    ['packages/ui/src/a.tsx', "import type { Event } from '@sotto/protocol';", /know no Matrix/],
    ['packages/protocol/src/a.ts', "import { join } from 'node:path';", /runs in browsers/],
    ['packages/bus/src/a.ts', "import { x } from './b';", /file ending/],
    ['packages/bus/src/a.ts', "import { x } from 'left-pad';", /not in the package\.json/],
  ]);
  assert.equal(messages(layerFindings, 'packages/client/src/a.ts', "import '../../sql/src/index.ts';").length, 2);
});

test('tidy lets through: layers', () => {
  assertFine(layerFindings, [
    ['apps/server/src/http/a.ts', "import { join } from '../services/rooms/join.ts'; import '@sotto/protocol';"],
    ['apps/server/src/services/a/b.ts', "import { x } from '../c/d.ts'; import { y } from '../../store/y.ts';"],
    ['apps/server/src/main.ts', "import './http/server.ts'; import { openSqlite } from '@sotto/sql';"],
    ['apps/server/src/http/a.test.ts', "import '@sotto/testing'; import '../store/rooms.ts';"],
    ['apps/web/src/app.tsx', "import './features/rooms/view.tsx'; import '@sotto/ui/tokens.css';"],
    ['apps/web/src/features/rooms/a.tsx', "import './view.module.css'; import '../../text/index.ts';"],
    ['packages/client/src/a.ts', "import { createClient } from 'matrix-js-sdk'; import 'matrix-js-sdk/lib/x.js';"],
  ]);
  assert.equal(messages(placeFindings, 'apps/phone/src/a.ts', '').length, 1);
});

test('tidy can fail: circles', () => {
  const tree = (files: Record<string, string>) =>
    Object.entries(files).map(([path, target]) => makeSource(path, `import type { X } from '${target}';`));
  const circle = [...circleFindings(tree({ 'a/a.ts': './b.ts', 'a/b.ts': '../c.ts', 'c.ts': './a/a.ts' }))];
  assert.match(circle[0]?.message ?? '', /a\/a\.ts → a\/b\.ts → c\.ts → a\/a\.ts/);
  assert.equal(circle.length, 1);
  assert.deepEqual([...circleFindings(tree({ 'a.ts': './b.ts', 'b.ts': './c.ts', 'd.ts': './c.ts' }))], []);
  const folders = tree({
    's/a/x.ts': '../b/y.ts',
    's/b/z.ts': '../a/w.ts',
    's/b/u.test.ts': '../c/v.ts',
    's/c/v.ts': '../b/z.ts',
  });
  const [folder, ...more] = folderCircleFindings(folders, 's/');
  assert.match(folder?.message ?? '', /a → b → a/);
  assert.deepEqual(more, []);
});

test('tidy can fail: sizes', () => {
  const lines = (count: number, line: string) => Array.from({ length: count }, () => line).join('\n');
  assertFound(fileSizeFindings, [
    ['a.ts', lines(401, 'x();'), /401 lines/],
    ['a.css', lines(402, 'a {}'), /402 lines/],
  ]);
  assertFine(fileSizeFindings, [['a.ts', `${lines(400, 'x();')}\n`]]);
  assertFound(functionFindings, [
    ['a.ts', `\nfunction f() {\n${lines(69, 'x();')}\n}`, /^2: a function of 71 lines/],
    ['a.ts', `const f = () => {\n${lines(69, 'x();')}\n}`, /71 lines/],
    ['a.ts', `function f() {\n x.forEach(() => {\n${lines(67, 'x();')}\n});\n}`, /71 lines/],
    ['a.ts', 'function f(a, b, { c }, ...d) {}', /4 positional/],
    ['a.ts', 'interface I { f(a: 1, b: 2, c: 3, d: 4): void }', /4 positional/],
  ]);
  assertFine(functionFindings, [
    ['a.ts', `function f() {\n${lines(68, 'x();')}\n}`],
    [
      'a.ts',
      `function create() {\n${lines(2, `function f() {\n${lines(40, 'x();')}\n}`)}\nreturn { f() {\n${lines(40, 'x();')}\n} };\n}`,
    ],
    ['a.ts', 'const f = (a, b, c) => 1; text.replace(/x/, (_, a, b, c) => a)'],
  ]);
});

test('tidy can fail: globals and classes', () => {
  assertFound(globalFindings, [
    ['apps/server/src/log/a.ts', 'const now = Date.now;', /the clock/],
    ['apps/server/src/log/a.ts', "const now = Date['now']();", /the clock/],
    ['apps/server/src/log/a.ts', 'const now = new Date();', /the clock/],
    ['packages/client/src/a.ts', 'Math.random();', /chance/],
    ['packages/client/src/a.ts', 'const { HOME } = process.env;', /the environment/],
    ['packages/client/src/a.ts', "import { env } from 'node:process';", /as an argument/],
    ['packages/client/src/a.ts', 'globalThis.console.log(1);', /logger/],
    ['packages/client/src/a.ts', '\nconsole.error(1);', /^2: .*logger/],
  ]);
  assertFine(globalFindings, [
    ['apps/server/src/log/a.ts', 'new Date(5); Math.max(1, 2); process.pid; // Date.now()'],
    ['apps/server/src/main.ts', 'Date.now(); process.env.HOME; console.log();'],
    ['apps/server/src/log/a.test.ts', 'Date.now();'],
  ]);
  assertFound(classFindings, [['a.ts', 'export class Store { x() {} }', /factory/]]);
  assertFine(classFindings, [
    ['a.ts', 'export class MatrixError extends Error { x() {} }; class RawJson { constructor() {} }'],
  ]);
});

test('tidy can fail: words and names', () => {
  assertFound(wordFindings, [
    ['docs/a.md', `\nText. ${'TO'}DO: more`, /^2: .*open an issue/],
    ['a.ts', `// ${'@ts'}-ignore`, /mend the type/],
    ['a.test.ts', `test${'.only'}('x', f)`, /unseen/],
    ['a.ts', `// ${'biome'}-ignore lint/a/b:`, /says its reason/],
    ['README.md', `run ${'/home'}/someone/node`, /one machine/],
  ]);
  assertFine(wordFindings, [
    ['a.ts', '// biome-ignore lint/a/b: the library has no types for this\nTODOS; "/_matrix/root/x"'],
  ]);
  assertFound(nameFindings, [
    ['apps/server/src/utils/a.ts', '', /says nothing/],
    ['packages/sql/src/row-helpers.ts', '', /says nothing/],
    ['packages/ui/src/Avatar.tsx', '', /kebab-case/],
  ]);
  assertFine(nameFindings, [['apps/web/src/features/rooms/room-list.module.css', '']]);
  assertFound(indexFindings, [['packages/sql/src/index.ts', 'export {};', /one paragraph/]]);
});
