import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { patienceMs, until } from './until.ts';

const compileCache = fileURLToPath(new URL('../../../node_modules/.cache/node', import.meta.url));
const mainPath = fileURLToPath(new URL('../../../apps/server/src/main.ts', import.meta.url));

interface ProcessOptions {
  cwd: string;
  nodeFlags: readonly string[];
  runWith: readonly string[];
  env: Record<string, string>;
}

/** One server process after another. */
export interface ServerProcess {
  pid(): number | undefined;
  /** All that was printed, over all starts. */
  output(): string;
  /** Resolves with the port of the ready line. Throws with what was printed when it ends before. */
  start(configPath: string): Promise<number>;
  /** Resolves when it has ended, with its exit code; null after a signal that it could not handle. */
  end(signal: NodeJS.Signals): Promise<number | null | undefined>;
}

export function createServerProcess({ cwd, nodeFlags, runWith, env }: ProcessOptions): ServerProcess {
  let printed = '';
  let child: ChildProcess | undefined;
  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  // Nothing that a test started may outlive it, however it ends.
  const kill = () => child?.kill('SIGKILL');

  return {
    pid: () => (isRunning() ? child?.pid : undefined),
    output: () => printed,
    async start(configPath) {
      const words = [...runWith, process.execPath, ...nodeFlags, mainPath, '--config', configPath];
      const [program, ...args] = words as [string, ...string[]];
      const started = spawn(program, args, { cwd, env: cleanEnvironment(env), stdio: 'pipe' });
      child = started;
      const before = printed.length;
      for (const stream of [started.stdout, started.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          printed += text;
          // What a server did not expect is the clue to a test that fails, whose report shows it.
          for (const line of text.split('\n')) if (line.includes('"level":"error"')) process.stderr.write(`${line}\n`);
        });
      }
      process.once('exit', kill);
      started.once('exit', () => process.off('exit', kill));
      return until(
        () => {
          const port = readyPort(printed.slice(before));
          if (port === undefined && !isRunning()) throw new Error(`the server did not start:\n${printed}`);
          return port;
        },
        // One that fails ends, which is seen at once: so long waits only who is not given a processor.
        { deadlineMs: 120_000, what: 'the server listens' },
      ).catch((error: Error) => {
        throw new Error(`${error.message}:\n${printed.slice(before)}`, { cause: error });
      });
    },
    async end(signal) {
      if (!child || !isRunning()) return child?.exitCode;
      const ended = once(child, 'close', { signal: AbortSignal.timeout(patienceMs) });
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
}

/** The port of the ready line, which is JSON; undefined while it is not there in whole. */
function readyPort(printed: string): number | undefined {
  const line = /^\{.*"msg":"listening".*\}$/m.exec(printed)?.[0];
  return line === undefined ? undefined : JSON.parse(line).port;
}

/** The settings of whoever runs the tests must not reach the server; the compile cache is the one of `npm start`. */
function cleanEnvironment(more: Record<string, string>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:SOTTO_|NODE_)/.test(name));
  return { ...Object.fromEntries(kept), NODE_COMPILE_CACHE: compileCache, ...more };
}
