import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { patienceMs, temporaryFolder, until } from '@sotto/testing';

const root = fileURLToPath(new URL('../', import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// npm runs a script by `sh -c`, and signals that shell.
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`npm start serves the server and the web app, and ${signal} ends it`, async (t) => {
    const folder = temporaryFolder(t);
    const config = join(folder, 'sotto.yaml');
    writeFileSync(config, JSON.stringify({ 'listen.port': 0, dataDir: join(folder, 'data') }));
    const env = {
      ...process.env,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      NODE_TEST_CONTEXT: undefined,
    };
    const child = spawn('sh', ['-c', `${scripts.start} --config ${config}`], { cwd: root, env });
    t.after(() => child.kill('SIGKILL'));
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
    }
    const link = () => {
      assert.equal(child.exitCode, null, printed);
      return /First-run link: (\S+)/.exec(printed)?.[1];
    };
    // A part of it may be that the web app is built, which takes a slow machine minutes.
    const url = new URL(await until(link, { deadlineMs: 8 * 60_000, what: 'a first-run link is printed' }));
    assert.equal((await fetch(new URL('/_matrix/client/versions', url))).status, 200);
    assert.match(await (await fetch(url)).text(), /<script/);
    child.kill(signal);
    const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(patienceMs) });
    assert.equal(code, 0);
    await assert.rejects(fetch(url));
  });
}
