import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from '@sotto/testing';
import type { Bench } from './bench.ts';
import { residentBytes } from './machine.ts';

export const idleMemory: Bench = {
  name: 'idle-memory',
  sentence: 'resident memory of a server that nobody uses, three seconds after its start',
  async run() {
    const server = await startServer();
    try {
      await sleep(3000);
      const value = residentBytes(server.pid as number) / 1e6;
      return [{ name: 'resident memory', value, unit: 'MB', goal: { most: 150 } }];
    } finally {
      await server.stop();
    }
  },
};
