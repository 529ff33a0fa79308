import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Api, createApi } from './api.ts';
import { createServerProcess } from './server-process.ts';
import { until } from './until.ts';

export interface StartServerOptions {
  /** Keys as in sotto.yaml. Over the defaults of tests: anyone may register, no rate limits, a cheap password hash. */
  config?: Record<string, unknown>;
  /** An existing data folder, which is then kept. Otherwise a new one is made, and removed by `stop`. */
  dataDir?: string;
  /** Arguments for Node itself. */
  nodeFlags?: readonly string[];
  /** A program that starts Node, with its arguments: `strace`, say. It must become Node, or pass signals on. */
  runWith?: readonly string[];
  env?: Record<string, string>;
}

/** A real server, `apps/server/src/main.ts`, in a process of its own. */
export interface TestServer {
  /** `http://localhost:PORT`; stays the same over `restart`. */
  readonly url: string;
  readonly dataDir: string;
  /** Undefined while it is not running. */
  readonly pid: number | undefined;
  /** A request without a token. */
  api: Api;
  /** The token of the first-run link, which a new data folder gets. */
  firstRunToken(): Promise<string>;
  /** All that it has printed, over restarts. */
  output(): string;
  /** SIGTERM; resolves when it has ended. Throws when it does not end, or its exit code is not 0. */
  terminate(): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill9(): Promise<void>;
  /** Ends it by `terminate` if it runs, and starts it again on the same data and port. */
  restart(): Promise<void>;
  /** Ends it however it stands and removes what was made for it. */
  stop(): Promise<void>;
}

const testDefaults = {
  'registration.mode': 'open',
  'rateLimits.enabled': false,
  'passwordHash.memoryKiB': 64,
  'passwordHash.iterations': 1,
};

/** Starts a server on a free port and resolves when it answers. The caller must `stop` it. */
export async function startServer(options: StartServerOptions = {}): Promise<TestServer> {
  const { config = {}, nodeFlags = [], runWith = [], env = {} } = options;
  const folder = mkdtempSync(join(tmpdir(), 'sotto-server-'));
  const { dataDir = join(folder, 'data') } = options;
  mkdirSync(dataDir, { recursive: true });
  const child = createServerProcess({ cwd: folder, nodeFlags, runWith, env });
  let port = 0;

  async function start(): Promise<void> {
    const configPath = join(folder, 'sotto.yaml');
    const keys = { 'listen.port': port, ...testDefaults, ...flatten(config), dataDir };
    writeFileSync(configPath, JSON.stringify(port === 0 ? keys : { ...keys, 'listen.port': port }));
    port = await child.start(configPath);
  }

  /** False while the port is somebody else's: it was free for a moment, and another test may have been given it. */
  const startAgain = () =>
    start().then(
      () => true,
      (error: Error) => {
        if (error.message.includes('another program already uses it')) return false;
        throw error;
      },
    );

  async function terminate(): Promise<void> {
    const code = await child.end('SIGTERM');
    if (code !== 0) throw new Error(`the server ended with ${code}:\n${child.output()}`);
  }

  async function stop(): Promise<void> {
    await child.end('SIGTERM').catch(() => child.end('SIGKILL'));
    rmSync(folder, { recursive: true, force: true });
  }

  await start().catch(async (error) => {
    await stop();
    throw error;
  });
  const url = `http://localhost:${port}`;
  return {
    url,
    dataDir,
    get pid() {
      return child.pid();
    },
    api: createApi(url),
    output: child.output,
    firstRunToken: () =>
      until(() => /First-run link: \S*[/#=](\S+)/.exec(child.output())?.[1], { what: 'a first-run link' }),
    terminate,
    kill9: async () => void (await child.end('SIGKILL')),
    async restart() {
      if (child.pid() !== undefined) await terminate();
      await until(startAgain, { what: 'its port is free again' });
    },
    stop,
  };
}

/** `{ listen: { port: 1 } }` → `{ 'listen.port': 1 }`, so that given keys replace defaults one by one. */
function flatten(config: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(config).flatMap(([name, value]): [string, unknown][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([key, inner]) => [`${name}.${key}`, inner])
      : [[name, value]],
  );
  return Object.fromEntries(entries);
}
