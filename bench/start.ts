import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '@sotto/testing';
import type { Bench } from './bench.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

export const start: Bench = {
  name: 'start',
  sentence: 'a second `npm start`, until it answers, and from SIGTERM until it has ended',
  async run({ say }) {
    const folder = mkdtempSync(join(tmpdir(), 'sotto-bench-'));
    try {
      const port = await freePort();
      const config = join(folder, 'sotto.yaml');
      writeFileSync(config, JSON.stringify({ 'listen.port': port, dataDir: join(folder, 'data') }));
      const first = await startAndStop(config, port);
      say(`first start ${Math.round(first.startMs)} ms`);
      const second = await startAndStop(config, port);
      return [
        { name: 'second start', value: second.startMs / 1000, unit: 's', goal: { most: 2 } },
        { name: 'end', value: second.endMs / 1000, unit: 's', goal: { most: 2 } },
      ];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function startAndStop(config: string, port: number): Promise<{ startMs: number; endMs: number }> {
  const began = performance.now();
  const child = spawn('npm', ['start', '--silent', '--', '--config', config], { cwd: root, stdio: 'ignore' });
  const answers = () =>
    fetch(`http://localhost:${port}/_matrix/client/versions`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(answers, { deadlineMs: 120_000, what: 'npm start answers' });
  const answered = performance.now();
  child.kill('SIGTERM');
  await once(child, 'exit');
  await until(async () => !(await answers()), { what: 'the port is free' });
  return { startMs: answered - began, endMs: performance.now() - answered };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
