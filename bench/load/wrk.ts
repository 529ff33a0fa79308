import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Load, LoadResult } from './load.ts';

const script = fileURLToPath(new URL('./sends.lua', import.meta.url));

export async function loadByWrk({ url, targets, body, connections, seconds, label }: Load): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-bench-'));
  try {
    const list = join(folder, 'targets');
    writeFileSync(list, targets.map(({ path, token }) => `${path} ${token || '-'}\n`).join(''));
    writeFileSync(join(folder, 'body'), body);
    const args = [
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      '-s',
      script,
      url,
      '--',
      list,
      join(folder, 'body'),
      label,
    ];
    const { stdout } = await promisify(execFile)('wrk', args);
    const json = stdout.slice(stdout.indexOf('RESULT ') + 'RESULT '.length);
    const { requests, durationUs, p50Us, p99Us, errors } = JSON.parse(json);
    return { requestsPerSecond: requests / (durationUs / 1e6), p50Ms: p50Us / 1000, p99Ms: p99Us / 1000, errors };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
