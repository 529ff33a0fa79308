import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { registerUser, type TestServer } from '@sotto/testing';
import type { Bench, BenchOptions, Figure } from './bench.ts';
import { chooseLoader } from './load/choose-loader.ts';
import type { Load, LoadResult, Target } from './load/load.ts';
import { onServer } from './on-server.ts';

const people = 10;
const roomsEach = 10;
const connections = 32;
/** The two take turns this long, so that what else the machine does meets both alike. */
const roundSeconds = 2;

interface Round {
  bare: LoadResult;
  sent: LoadResult;
}

/** 500 bytes, like a short encrypted message. */
export const body = (() => {
  const content = { algorithm: 'm.megolm.v1.aes-sha2', session_id: 's'.repeat(43), ciphertext: '' };
  return JSON.stringify({ ...content, ciphertext: 'c'.repeat(500 - JSON.stringify(content).length) });
})();

export const sends: Bench = {
  name: 'sends',
  sentence: `durable sends, ${connections} connections over ${people * roomsEach} rooms, beside an empty Fastify route`,
  run: (options) => onServer(options, (server) => measure(server, options)),
};

async function measure(server: TestServer, { seconds, say }: BenchOptions): Promise<Figure[]> {
  const loader = chooseLoader();
  say(`load by ${loader.name}`);
  const targets = await makeRooms(server);
  const load = { targets, body, connections };
  const empty = await startEmptyServer();
  const run = async (part: Pick<Load, 'url' | 'seconds' | 'label'>) => {
    const result = await loader.run({ ...load, ...part });
    if (result.errors > 0) throw new Error(`${result.errors} requests to ${part.url} failed`);
    return result;
  };
  try {
    await run({ url: empty.url, seconds: 2, label: 'warm' });
    await run({ url: server.url, seconds: 3, label: 'warm' });
    const rounds: Round[] = [];
    for (let round = 0; round < Math.max(1, seconds / roundSeconds); round++) {
      const bare = await run({ url: empty.url, seconds: roundSeconds, label: `bare${round}x` });
      rounds.push({ bare, sent: await run({ url: server.url, seconds: roundSeconds, label: `send${round}x` }) });
    }
    return figuresOf(rounds);
  } finally {
    await empty.stop();
  }
}

/** The middle one of the rounds, so that a moment in which the machine did something else does not count. */
function figuresOf(rounds: readonly Round[]): Figure[] {
  const median = (of: (round: Round) => number) => rounds.map(of).sort((a, b) => a - b)[rounds.length >> 1] as number;
  const share = median(({ sent, bare }) => (100 * sent.requestsPerSecond) / bare.requestsPerSecond);
  return [
    { name: 'empty Fastify route', value: median(({ bare }) => bare.requestsPerSecond), unit: 'requests/s' },
    { name: 'durable sends', value: median(({ sent }) => sent.requestsPerSecond), unit: 'sends/s' },
    { name: 'sends per empty request', value: share, unit: '%', goal: { least: 20 } },
    { name: 'answered after, median', value: median(({ sent }) => sent.p50Ms), unit: 'ms' },
    { name: 'answered after, 99th percentile', value: median(({ sent }) => sent.p99Ms), unit: 'ms' },
  ];
}

/** Rooms of ten people, each of whom sends to their own. */
export async function makeRooms(server: TestServer): Promise<Target[]> {
  const targets: Target[] = [];
  for (let person = 0; person < people; person++) {
    const { call, accessToken } = await registerUser(server, `person${person}`);
    for (let room = 0; room < roomsEach; room++) {
      const { room_id } = await call('POST', '/v3/createRoom', { preset: 'private_chat' });
      const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room_id)}/send/m.room.encrypted/`;
      targets.push({ path, token: accessToken });
    }
  }
  return targets;
}

/** An empty Fastify route that takes any PUT, in a process of its own: what the machine could do at best. */
export async function startEmptyServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const main = fileURLToPath(new URL('./empty-server.ts', import.meta.url));
  const child = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(createInterface({ input: child.stdout }), 'line');
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
