import { setTimeout as sleep } from 'node:timers/promises';
import { type TestServer, until } from '@sotto/testing';
import type { Bench, BenchOptions, Figure } from './bench.ts';
import { type Connection, openConnection } from './load/connection.ts';
import { startDiskProbe } from './load/disk-probe.ts';
import { openPolls, type Polls } from './load/polls.ts';
import type { Person } from './load/seed.ts';
import { withSeed } from './load/with-seed.ts';
import { processorMs } from './machine.ts';
import { onServer } from './on-server.ts';

const clients = 1_000;
const perRoom = 10;
/** Until everybody has been told who is there and the code is compiled, the way of a send too: that takes it a thousand. */
const warmUp = { perSecond: 200, seconds: 8 };
const rates = [
  { perSecond: 20, goal: { p50Ms: 3, p99Ms: 10 } },
  { perSecond: 200, goal: { p50Ms: 5, p99Ms: 30 } },
];
/** As clients ask. */
const filter = JSON.stringify({ room: { state: { lazy_load_members: true }, timeline: { limit: 20 } } });

interface Room {
  roomId: string;
  members: Person[];
}

export const wake: Bench = {
  name: 'wake',
  sentence: `from a send to its arrival in the long polls of others, ${clients} clients in ${clients / perRoom} rooms of ${perRoom}`,
  run: (options) =>
    withSeed(
      async (seed) => {
        const people = await seed.people('person', clients);
        const rooms: Room[] = [];
        for (let start = 0; start < clients; start += perRoom) {
          const members = people.slice(start, start + perRoom);
          rooms.push({ roomId: await seed.room(members), members });
        }
        return { rooms, since: `s${seed.services.newest()}` };
      },
      (seeded, dataDir) => onServer({ ...options, dataDir }, (server) => measure(server, seeded, options)),
    ),
};

async function measure(
  server: TestServer,
  { rooms, since }: { rooms: readonly Room[]; since: string },
  { seconds }: BenchOptions,
): Promise<Figure[]> {
  const arrivals = createArrivals();
  const tokens = rooms.flatMap(({ members }) => members.map((each) => each.accessToken));
  const { url } = server;
  const polls = await openPolls({ url, tokens, timeoutMs: 30_000, filter, since, onAnswer: arrivals.note });
  const sender = await openSender(url, rooms, arrivals.sent);
  const figures: Figure[] = [];
  try {
    await sender.run(warmUp);
    for (const { perSecond, goal } of rates) {
      await sleep(500);
      arrivals.clear();
      const probe = startDiskProbe(server.dataDir);
      const before = { answers: polls.answers(), ms: processorMs(server.pid) };
      await sender.run({ perSecond, seconds });
      const due = perSecond * seconds * (perRoom - 1);
      await until(() => arrivals.count() >= due, { what: `${due} messages arrive` });
      const { p50Ms, p99Ms } = arrivals.latencies();
      check(polls, sender.failures());
      const syncs = await probe.stop();
      const answers = polls.answers() - before.answers;
      const usedMs = processorMs(server.pid) - before.ms;
      const at = `at ${perSecond} messages/s`;
      figures.push(
        { name: `${at}, median`, value: p50Ms, unit: 'ms', goal: { most: goal.p50Ms } },
        { name: `${at}, 99th percentile`, value: p99Ms, unit: 'ms', goal: { most: goal.p99Ms } },
        { name: `${at}, a sync of the disk alone, median`, value: syncs[syncs.length >> 1] as number, unit: 'ms' },
        { name: `${at}, answers to polls`, value: answers / seconds, unit: 'answers/s' },
        { name: `${at}, processor time for each answer`, value: (1000 * usedMs) / answers, unit: 'µs' },
      );
    }
    return figures;
  } finally {
    sender.close();
    polls.close();
  }
}

function check(polls: Polls, sendFailures: number): void {
  if (polls.failures() + sendFailures > 0)
    throw new Error(`${polls.failures()} polls and ${sendFailures} sends failed`);
}

/** Messages carry their number; who sent one does not count among those whom it reaches. */
function createArrivals() {
  const mark = '"sotto.bench":';
  let sentMs: number[] = [];
  let senders: number[] = [];
  let latencies: number[] = [];
  let first = 0;
  return {
    /** Gives the content of the next message. */
    sent(person: number): string {
      const number = first + sentMs.push(performance.now()) - 1;
      senders.push(person);
      return `{"msgtype":"m.text","body":"${'b'.repeat(100)}",${mark}${number}}`;
    },
    note({ person, body, atMs }: { person: number; body: string; atMs: number }): void {
      for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + 1)) {
        const index = Number.parseInt(body.slice(at + mark.length, at + mark.length + 10), 10) - first;
        const sent = sentMs[index];
        if (sent !== undefined && senders[index] !== person) latencies.push(atMs - sent);
      }
    },
    clear(): void {
      first += sentMs.length;
      sentMs = [];
      senders = [];
      latencies = [];
    },
    latencies() {
      const sorted = latencies.toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
      return { p50Ms: at(0.5), p99Ms: at(0.99) };
    },
    count: () => latencies.length,
  };
}

/** Sends at a steady pace, whether earlier sends are answered or not: each room in turn, by each of its members in turn. */
async function openSender(url: string, rooms: readonly Room[], content: (person: number) => string) {
  const free: Connection[] = [];
  const open: Connection[] = [];
  let failures = 0;
  let count = 0;

  async function send(): Promise<void> {
    const room = count % rooms.length;
    const { roomId, members } = rooms[room] as Room;
    const member = Math.floor(count / rooms.length) % members.length;
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/wake${count++}`;
    let connection = free.pop();
    if (connection === undefined) {
      connection = await openConnection(url, () => failures++);
      open.push(connection);
    }
    const { accessToken: token } = members[member] as Person;
    const used = connection;
    used.ask({ method: 'PUT', path, token, body: content(room * perRoom + member) }, ({ isOk }) => {
      if (!isOk) failures++;
      free.push(used);
    });
  }

  return {
    failures: () => failures,
    async run({ perSecond, seconds }: { perSecond: number; seconds: number }): Promise<void> {
      const beganMs = performance.now();
      for (let n = 0; n < perSecond * seconds; n++) {
        const waitMs = beganMs + (n * 1000) / perSecond - performance.now();
        if (waitMs > 0) await sleep(waitMs);
        void send().catch(() => failures++);
      }
    },
    close() {
      for (const connection of open) connection.close();
    },
  };
}
