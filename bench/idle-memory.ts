import { setTimeout as sleep } from 'node:timers/promises';
import { type StartServerOptions, startServer } from '@sotto/testing';
import type { Bench } from './bench.ts';
import { residentBytes } from './machine.ts';

export const idleMemory: Bench = {
  name: 'idle-memory',
  sentence: 'resident memory of a server that nobody uses, three seconds after its start',
  async run() {
    const goal = { most: 150 };
    // From the second `npm start` on, the sources come compiled from Node's cache and nothing strips types.
    await residentMegabytes({});
    return [
      { name: 'as npm start runs it', value: await residentMegabytes({}), unit: 'MB', goal },
      {
        name: 'without a compile cache',
        value: await residentMegabytes({ env: { NODE_COMPILE_CACHE: '' } }),
        unit: 'MB',
        goal,
      },
    ];
  },
};

async function residentMegabytes(options: StartServerOptions): Promise<number> {
  const server = await startServer(options);
  try {
    await sleep(3000);
    return residentBytes(server.pid as number) / 1e6;
  } finally {
    await server.stop();
  }
}
