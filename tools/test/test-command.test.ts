import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@sotto/testing';

const command = fileURLToPath(new URL('../test.ts', import.meta.url));

/** Runs the command on a folder with these files, and answers its exit code and the lines that it printed. */
function runTests(t: TestContext, files: Record<string, string>) {
  const folder = temporaryFolder(t);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), `import { suite, test } from 'node:test';\n${text}`);
  }
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  const { status, stdout } = spawnSync(process.execPath, [command, folder], { encoding: 'utf8', env });
  return { status, stdout, lastLine: stdout.trimEnd().split('\n').at(-1) };
}

test('all good: the last line counts tests, not suites and files', (t) => {
  const result = runTests(t, {
    'a.test.ts': "test('one', () => {}); suite('s', () => { test('two', () => {}); });",
    'b.test.ts': "test('three', () => {}); test('later', { skip: true }, () => {});",
    'c.ts': "throw new Error('no test');",
  });
  assert.equal(result.lastLine, '3 passed, 0 failed, 1 skipped');
  assert.equal(result.status, 0);
});

test('a failure is told with its error at the end, and the command fails', (t) => {
  const result = runTests(t, {
    'a.test.ts':
      "test('good', () => {}); test('bad', () => { console.error('a clue'); throw new Error('wrong number'); });",
    'b.test.ts': "test('outer', async (t) => { await t.test('inner', () => { throw new Error('inside'); }); });",
  });
  assert.equal(result.lastLine, '1 passed, 2 failed');
  assert.equal(result.status, 1);
  const ending = result.stdout.slice(result.stdout.indexOf('What failed:'));
  for (const part of ['a.test.ts › bad', 'Error: wrong number', 'a clue', 'b.test.ts › inner', 'Error: inside']) {
    assert.ok(ending.includes(part), part);
  }
});

test('a file that breaks, ends early or holds no test is a failure', (t) => {
  const result = runTests(t, {
    'breaks.test.ts': "throw new Error('at import');",
    'empty.test.ts': '',
    'exits.test.ts': "test('exits', () => process.exit(0)); test('never reached', () => {});",
  });
  assert.equal(result.lastLine, '0 passed, 3 failed');
  assert.equal(result.status, 1);
  assert.match(result.stdout, /Error: at import/);
});

test('a file that fails as a whole says how its process ended', (t) => {
  const good = "test('good', () => {});";
  const result = runTests(t, {
    'code.test.ts': `process.on('exit', () => { process.exitCode = 3; }); ${good}`,
    'killed.test.ts': `${good} test('killed', () => process.kill(process.pid, 'SIGKILL'));`,
    'late.test.ts': "test('good', () => { setTimeout(() => { throw new Error('too late'); }); });",
  });
  assert.equal(result.status, 1);
  const ending = result.stdout.slice(result.stdout.indexOf('What failed:'));
  for (const part of [
    'ended with exit code 3\n    its tests had ended',
    'ended by SIGKILL\n    the process left before it told',
    'ended with exit code 1\n    its tests had ended',
    'too late',
  ]) {
    assert.ok(ending.includes(part), `${part}: ${ending}`);
  }
});

test('a file that leaves with a good exit code before its last test is a failure', (t) => {
  const result = runTests(t, {
    'leaves.test.ts': `test('good', () => {});
      test('once that is told', async () => {
        for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
        process.exit(0);
      });
      test('never reached', () => { throw new Error('wrong'); });`,
  });
  assert.equal(result.lastLine, '1 passed, 1 failed');
  assert.match(result.stdout, /the file itself\n {4}the process left before it told/);
});

test('a path without tests is a failure', (t) => {
  const result = runTests(t, {});
  assert.equal(result.lastLine, '0 passed, 1 failed');
});
