import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureWebBuilt } from '../build-web.ts';

/** Something that holds or does not; counts as one test. */
export interface Check {
  name: string;
  /** Resolves with what is wrong; empty when nothing is. */
  run(): Promise<string>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

export const checks: readonly Check[] = [
  { name: 'types', run: () => runTool('tsc', ['--noEmit', '--pretty', 'false']) },
  { name: 'lint', run: () => runTool('biome', ['check', '--error-on-warnings', '--colors=off', '.']) },
];

export const webBuildCheck: Check = {
  name: 'the web app builds',
  run: async () => {
    const { state, output } = ensureWebBuilt();
    return state === 'failed' ? output || 'vite failed' : '';
  },
};

/** Runs a program of node_modules/.bin and resolves with its output when it fails. */
function runTool(name: string, args: readonly string[]): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const child = spawn(`${root}node_modules/.bin/${name}`, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  child.once('error', (error) => resolve(error.message));
  child.once('close', (code) => resolve(code === 0 ? '' : output || `${name} ended with ${code}`));
  return promise;
}
