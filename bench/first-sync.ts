import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type TestServer } from '@sotto/testing';
import type { Bench, BenchOptions, Figure } from './bench.ts';
import { type Asker, createAsker, median } from './load/ask.ts';
import { type LargeAccount, makeLargeAccount } from './load/many-rooms.ts';
import { processorMs } from './machine.ts';
import { onServer } from './on-server.ts';
import { startEmptyServer } from './sends.ts';

const rooms = 500;

export const firstSync: Bench = {
  name: 'first-sync',
  sentence: `GET /sync of a new device of a person in ${rooms} rooms, and its next polls, beside the same bytes from an empty route`,
  run: (options) => withLargeAccount(options, (place) => measure(place, options, firstSyncRequests)),
};

export const slidingFirst: Bench = {
  name: 'sliding-first',
  sentence: `sliding sync of a new device of a person in ${rooms} rooms, a window of 20, and its next polls`,
  run: (options) => withLargeAccount(options, (place) => measure(place, options, slidingRequests)),
};

interface Place {
  server: TestServer;
  account: LargeAccount;
}

/** The account is filled by a server of its own: what is measured and profiled has done nothing else. */
async function withLargeAccount(options: BenchOptions, work: (place: Place) => Promise<Figure[]>): Promise<Figure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sotto-bench-'));
  try {
    const filler = await startServer({ dataDir });
    const account = await makeLargeAccount(filler, rooms).finally(() => filler.terminate());
    return await onServer({ ...options, dataDir }, (server) => work({ server, account }));
  } finally {
    rmSync(dataDir, { recursive: true });
  }
}

/** What a client asks: first without a token, then with the one that it was given. */
interface Requests {
  name: string;
  goalMs: number;
  first(token: string): Parameters<Asker['ask']>[0];
  next(token: string, answer: Buffer): Parameters<Asker['ask']>[0];
}

const firstSyncRequests: Requests = {
  name: 'first sync',
  goalMs: 80,
  first: (token) => ({ url: '/_matrix/client/v3/sync', token }),
  next(token, answer) {
    return { url: `/_matrix/client/v3/sync?since=${JSON.parse(answer.toString()).next_batch}`, token };
  },
};

const slidingBody = JSON.stringify({
  conn_id: 'bench',
  lists: {
    all: {
      ranges: [[0, 19]],
      timeline_limit: 1,
      required_state: [
        ['m.room.create', ''],
        ['m.room.name', ''],
        ['m.room.avatar', ''],
        ['m.room.encryption', ''],
        ['m.room.power_levels', ''],
        ['m.room.member', '$LAZY'],
        ['m.room.member', '$ME'],
      ],
    },
  },
  extensions: {
    to_device: { enabled: true },
    e2ee: { enabled: true },
    account_data: { enabled: true },
    receipts: { enabled: true },
    typing: { enabled: true },
  },
});

const slidingRequests: Requests = {
  name: 'sliding sync, first answer',
  goalMs: 20,
  first: (token) => ({ url: slidingPath, token, method: 'POST', body: slidingBody }),
  next(token, answer) {
    const pos = JSON.parse(answer.toString()).pos;
    return { url: `${slidingPath}?pos=${pos}&timeout=0`, token, method: 'POST', body: slidingBody };
  },
};

const slidingPath = '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync';

/** Devices that are new take turns with the same bytes from an empty route, so that a busy machine meets both alike. */
async function measure({ server, account }: Place, options: BenchOptions, requests: Requests): Promise<Figure[]> {
  const empty = await startEmptyServer();
  const asker = createAsker();
  const ask = (what: Parameters<Asker['ask']>[0]) => asker.ask({ ...what, url: server.url + what.url });
  try {
    const cold = await ask(requests.first(await account.newDevice(server)));
    await createAnswer(empty.url, cold.body.toString());
    const endMs = performance.now() + options.seconds * 1000;
    const first: Sample[] = [];
    const bare: number[] = [];
    while (first.length < 5 || performance.now() < endMs) {
      const token = await account.newDevice(server);
      first.push(await sample(server, () => ask(requests.first(token))));
      bare.push((await asker.ask({ url: `${empty.url}/answer` })).tookMs);
    }
    const { quiet, news } = await polls({ server, account }, ask, requests);
    const { name, goalMs } = requests;
    const tookMs = median(first.map((each) => each.tookMs));
    const bareMs = median(bare);
    return [
      { name: `${name}, size`, value: cold.body.length / 1e6, unit: 'MB' },
      { name: `${name}, the very first of a server`, value: cold.tookMs, unit: 'ms' },
      { name, value: tookMs, unit: 'ms', goal: { most: goalMs } },
      { name: `${name}, processor time`, value: mean(first.slice(first.length >> 1), 'processorMs'), unit: 'ms' },
      { name: 'the same bytes from an empty Fastify route', value: bareMs, unit: 'ms' },
      { name: `${name}, times the empty route`, value: tookMs / bareMs, unit: '×' },
      { name: 'poll with nothing new', value: median(quiet.map((each) => each.tookMs)), unit: 'ms' },
      { name: 'poll with nothing new, processor time', value: mean(quiet, 'processorMs'), unit: 'ms' },
      { name: 'poll with one new event', value: median(news.map((each) => each.tookMs)), unit: 'ms' },
      { name: 'poll with one new event, processor time', value: mean(news, 'processorMs'), unit: 'ms' },
    ];
  } finally {
    asker.close();
    await empty.stop();
  }
}

interface Sample {
  tookMs: number;
  processorMs: number;
  body: Buffer;
}

const mean = (samples: readonly Sample[], of: 'tookMs' | 'processorMs') =>
  samples.reduce((sum, each) => sum + each[of], 0) / samples.length;

async function sample(server: TestServer, work: () => ReturnType<Asker['ask']>): Promise<Sample> {
  const before = processorMs(server.pid);
  const timed = await work();
  return { ...timed, processorMs: processorMs(server.pid) - before };
}

const pollCount = 100;

/** What a client in many rooms costs from then on. The polls don't wait: it is the work of one that is counted. */
async function polls({ server, account }: Place, ask: Asker['ask'], requests: Requests) {
  const token = await account.newDevice(server);
  let last = await ask(requests.first(token));
  const poll = async () => {
    const polled = await sample(server, () => ask(requests.next(token, last.body)));
    last = polled;
    return polled;
  };
  const quiet: Sample[] = [];
  const news: Sample[] = [];
  for (let n = 0; n < pollCount; n++) quiet.push(await poll());
  for (let n = 0; n < pollCount; n++) {
    await account.send(server, n * 7);
    news.push(await poll());
  }
  return { quiet, news };
}

async function createAnswer(url: string, text: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${url}/answer`, { method: 'PUT', headers, body: JSON.stringify({ text }) });
}
