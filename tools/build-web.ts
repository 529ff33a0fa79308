/** Builds the web app into apps/web/dist, unless it is built from these very sources: `node tools/build-web.ts`. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint } from './fingerprint.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const app = join(root, 'apps/web');
const dist = join(app, 'dist');
const sources = ['apps/web', 'packages/client', 'packages/ui', 'packages/protocol', 'package-lock.json'];

export interface WebBuild {
  state: 'up-to-date' | 'built' | 'failed';
  /** What Vite printed, when it failed. */
  output: string;
}

/** Cheap when there is nothing to do (some milliseconds). `onBuild` is called before the work, if there is any. */
export function ensureWebBuilt(onBuild: () => void = () => {}): WebBuild {
  const print = fingerprint(root, sources);
  if (builtFrom() === print) return { state: 'up-to-date', output: '' };
  onBuild();
  // Built beside and moved into place, so that a server that runs, or a build that fails, never shows half an app.
  const fresh = `dist-${process.pid}`;
  const args = [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--outDir', fresh, '--logLevel', 'warn'];
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, { cwd: app, encoding: 'utf8' });
  try {
    if (status !== 0) return { state: 'failed', output: `${error?.message ?? ''}${stdout}${stderr}`.trim() };
    writeFileSync(join(app, fresh, '.sources'), print);
    rmSync(dist, { recursive: true, force: true });
    renameSync(join(app, fresh), dist);
    return { state: 'built', output: '' };
  } finally {
    rmSync(join(app, fresh), { recursive: true, force: true });
  }
}

function builtFrom(): string | undefined {
  const stamp = join(dist, '.sources');
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
}

if (import.meta.main) {
  const { state, output } = ensureWebBuilt(() => console.log('Building the web app …'));
  console.log(state === 'failed' ? output : `The web app is ${state}.`);
  process.exitCode = state === 'failed' ? 1 : 0;
}
