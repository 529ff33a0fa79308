import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type TestServer } from '@sotto/testing';
import type { BenchOptions } from './bench.ts';
import { describeProfiles } from './profile.ts';

interface OnServerOptions extends BenchOptions {
  /** An existing data folder, which is then kept. */
  dataDir?: string;
  /** A program that starts Node, with its arguments. */
  runWith?: readonly string[];
}

/** Measures a server that is started for it, and says where its processor time went if that was asked for. */
export async function onServer<T>(options: OnServerOptions, measure: (server: TestServer) => Promise<T>): Promise<T> {
  const { profile, say, dataDir, runWith = [] } = options;
  const profiles = profile ? mkdtempSync(join(tmpdir(), 'sotto-profile-')) : undefined;
  const server = await startServer({
    runWith,
    ...(dataDir !== undefined && { dataDir }),
    ...(profiles !== undefined && { nodeFlags: ['--cpu-prof', `--cpu-prof-dir=${profiles}`] }),
  });
  try {
    const measured = await measure(server);
    await server.terminate();
    if (profiles) for (const line of describeProfiles(profiles)) say(line);
    return measured;
  } finally {
    await server.stop();
    if (profiles) rmSync(profiles, { recursive: true });
  }
}
