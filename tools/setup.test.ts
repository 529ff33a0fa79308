import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@sotto/testing';

/** A repository with nothing but the setup and a lockfile, and an npm that does as the test wants. */
function createRepository(t: TestContext, npm: string) {
  const root = temporaryFolder(t);
  mkdirSync(join(root, 'tools'));
  mkdirSync(join(root, 'bin'));
  copyFileSync(fileURLToPath(new URL('./setup.mjs', import.meta.url)), join(root, 'tools/setup.mjs'));
  writeFileSync(join(root, 'package-lock.json'), '{}');
  writeFileSync(join(root, 'bin/npm'), `#!/bin/sh\necho "npm $@" >> calls\n${npm}\n`);
  chmodSync(join(root, 'bin/npm'), 0o755);
  const env = { PATH: `${join(root, 'bin')}:${process.env.PATH}` };
  return {
    root,
    setup(more: Record<string, string> = {}) {
      const { status, stderr } = spawnSync(process.execPath, [join(root, 'tools/setup.mjs')], {
        cwd: root,
        env: { ...env, ...more },
        encoding: 'utf8',
      });
      const lines = stderr.trim().split('\n');
      return { status, said: lines.filter((line) => line !== '… still installing') };
    },
    calls: () =>
      existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n').length : 0,
  };
}

const install =
  'mkdir -p node_modules/.bin && printf "#!/bin/sh\\n" > node_modules/.bin/node && chmod +x node_modules/.bin/node';

test('packages are installed once, and again when the lockfile changes or they are gone', (t) => {
  const repository = createRepository(t, install);
  assert.deepEqual(repository.setup(), { status: 0, said: ['Installing packages …'] });
  assert.deepEqual(repository.setup(), { status: 0, said: [''] });
  assert.equal(repository.calls(), 1);
  writeFileSync(join(repository.root, 'package-lock.json'), '{"lockfileVersion":3}');
  assert.equal(repository.setup().status, 0);
  assert.equal(repository.calls(), 2);
});

test('without a network there is one clear line, and the next try starts anew', (t) => {
  const failing =
    'echo "npm error code ENOTFOUND" >&2; echo "npm error network request to https://x failed" >&2; exit 1';
  const repository = createRepository(t, failing);
  const { status, said } = repository.setup();
  assert.equal(status, 1);
  assert.equal(said.length, 2);
  assert.match(said[1] as string, /could not be installed \(network request to https:\/\/x failed\)/);
  assert.equal(repository.setup().status, 1);
  assert.equal(repository.calls(), 2);
});

/** The clock of who waits for an installation: the first has lasted too long once it has begun, the second never. */
const impatience = `import { existsSync } from 'node:fs';
const real = globalThis.setTimeout;
globalThis.setTimeout = (passed, ms) => {
  globalThis.setTimeout = real;
  const timer = setInterval(() => {
    if (!existsSync('begun')) return;
    clearInterval(timer);
    passed();
  }, 10);
  return timer;
};`;

test('an installation that is stuck is ended with all that it started, and tried once more', (t) => {
  const repository = createRepository(t, `[ -f begun ] && { ${install}; exit 0; }\nsleep 600 & > begun; sleep 600`);
  const { status, said } = repository.setup({
    NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(impatience)}"`,
  });
  assert.deepEqual(said, ['Installing packages …', 'The installation does not go on; trying once more …']);
  assert.equal(status, 0);
});

test('an npm that may not run install scripts is told from a missing network', (t) => {
  const { status, said } = createRepository(t, 'mkdir -p node_modules').setup();
  assert.equal(status, 1);
  assert.match(said.at(-1) as string, /ignore-scripts=false/);
});
