import { setTimeout as sleep } from 'node:timers/promises';
import type { TestServer } from '@sotto/testing';
import type { Bench, BenchOptions, Figure } from './bench.ts';
import { createAsker } from './load/ask.ts';
import { chooseLoader } from './load/choose-loader.ts';
import type { Target } from './load/load.ts';
import { firstLine } from './machine.ts';
import { onServer } from './on-server.ts';
import { body, makeRooms } from './sends.ts';

const connections = 64;
const delayMs = 10;
/** Between two reads, so that they measure the server and don't load it. */
const readEveryMs = 10;

/** Every sync of the disk begins so much later; nothing else is looked at, and `-D` leaves the server its parent. */
const slowly = [
  ...['strace', '-D', '-f', '-qq', '--seccomp-bpf', '-o', '/dev/null'],
  ...['-e', 'trace=fdatasync,fsync', '-e', `inject=fdatasync,fsync:delay_enter=${delayMs * 1000}`],
];

export const slowDisk: Bench = {
  name: 'slow-disk',
  sentence: `durable sends, ${connections} connections, where each sync of the disk takes ${delayMs} ms more (by strace), and reads meanwhile`,
  async run(options) {
    if (!firstLine('strace', ['--version']).startsWith('strace')) {
      options.say('not measured: it needs strace, which is not installed here');
      return [];
    }
    return onServer({ ...options, runWith: slowly }, (server) => measure(server, options));
  },
};

async function measure(server: TestServer, { seconds }: BenchOptions): Promise<Figure[]> {
  const targets = await makeRooms(server);
  const load = { url: server.url, targets, body, connections };
  const { run } = chooseLoader();
  await run({ ...load, seconds: 2, label: 'warm' });
  const reads = startReads(server.url, targets[0] as Target);
  const sent = await run({ ...load, seconds, label: 'slow' });
  const latencies = await reads.stop();
  if (sent.errors > 0) throw new Error(`${sent.errors} sends failed`);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] as number;
  return [
    { name: 'durable sends', value: sent.requestsPerSecond, unit: 'sends/s', goal: { least: 2000 } },
    { name: 'answered after, median', value: sent.p50Ms, unit: 'ms' },
    { name: 'a read meanwhile, median', value: at(0.5), unit: 'ms', goal: { most: 10 } },
    { name: 'a read meanwhile, 99th percentile', value: at(0.99), unit: 'ms', goal: { most: 10 } },
  ];
}

/** Reads the newest messages of a room again and again. `stop` resolves with the latencies in milliseconds, least first. */
function startReads(url: string, { path, token }: Target) {
  const asker = createAsker();
  const latencies: number[] = [];
  let isStopped = false;
  const reading = (async () => {
    while (!isStopped) {
      const { tookMs } = await asker.ask({ url: `${url}${path.replace(/send.*$/, 'messages?dir=b&limit=10')}`, token });
      latencies.push(tookMs);
      await sleep(readEveryMs);
    }
  })();
  return {
    async stop(): Promise<number[]> {
      isStopped = true;
      await reading;
      asker.close();
      return latencies.sort((a, b) => a - b);
    },
  };
}
