import type { TestServer } from '@sotto/testing';
import type { Bench, BenchOptions, Figure } from './bench.ts';
import { median } from './load/ask.ts';
import { exchange } from './load/exchange.ts';
import { openPolls } from './load/polls.ts';
import type { Person } from './load/seed.ts';
import { withSeed } from './load/with-seed.ts';
import { processorMs } from './machine.ts';
import { onServer } from './on-server.ts';

const manyMembers = 10_000;
const fewMembers = 10;
const senders = 10;
/** So few wait for what comes that it is the sending that is measured. */
const waiting = 1;
const joiners = 60;
/** The two rooms take turns this long, so that what else the machine does meets both alike. */
const roundSeconds = 1.5;

interface Room {
  roomId: string;
  members: Person[];
}

interface Seeded {
  few: Room;
  many: Room;
  joining: Person[];
  since: string;
}

export const largeRoom: Bench = {
  name: 'large-room',
  sentence: `sending to a room of ${manyMembers.toLocaleString('en')} and to one of ${fewMembers}, with a poll waiting in each; joining the large one`,
  run: (options) =>
    withSeed(
      async (seed): Promise<Seeded> => {
        const people = await seed.people('person', manyMembers);
        const joining = await seed.people('joiner', joiners);
        const roomOf = async (members: Person[]) => ({ roomId: await seed.room(members), members });
        const few = await roomOf(people.slice(0, fewMembers));
        return { few, many: await roomOf(people), joining, since: `s${seed.services.newest()}` };
      },
      (seeded, dataDir) => onServer({ ...options, dataDir }, (server) => measure(server, seeded, options)),
    ),
};

async function measure(server: TestServer, seeded: Seeded, { seconds, say }: BenchOptions): Promise<Figure[]> {
  const { few, many, since } = seeded;
  await load(server, { room: few, since, label: 'warm' });
  await load(server, { room: many, since, label: 'warm' });
  const rounds: Round[] = [];
  for (let round = 0; round < Math.max(3, seconds / roundSeconds / 2); round++) {
    const label = `round${round}x`;
    rounds.push({
      few: await load(server, { room: few, since, label }),
      many: await load(server, { room: many, since, label }),
    });
  }
  const joined = await join(server, seeded);
  const middle = (of: (round: Round) => number) => median(rounds.map(of));
  say(
    `sends/s, few and many: ${Math.round(middle((each) => each.few.perSecond))}, ${Math.round(middle((each) => each.many.perSecond))}`,
  );
  return [
    { name: `a send to ${fewMembers}, processor time`, value: middle((each) => each.few.eachUs), unit: 'µs' },
    { name: `a send to ${manyMembers}, processor time`, value: middle((each) => each.many.eachUs), unit: 'µs' },
    {
      name: 'many to few',
      value: middle((each) => each.many.eachUs / each.few.eachUs),
      unit: 'times',
      goal: { most: 1.5 },
    },
    { name: 'a send to many, median', value: middle((each) => each.many.p50Ms), unit: 'ms' },
    {
      name: 'many to few, by the clock',
      value: middle((each) => each.many.p50Ms / each.few.p50Ms),
      unit: 'times',
      goal: { most: 1.5 },
    },
    { name: 'a join, median', value: joined.p50Ms, unit: 'ms', goal: { most: 20 } },
    { name: 'a join, 99th percentile', value: joined.p99Ms, unit: 'ms' },
  ];
}

interface Round {
  few: Cost;
  many: Cost;
}

interface Cost {
  perSecond: number;
  p50Ms: number;
  /** Processor time of one send, in microseconds. */
  eachUs: number;
}

interface Load {
  room: Room;
  since: string;
  label: string;
}

const tokensOf = ({ members }: Room) => members.slice(-waiting).map((each) => each.accessToken);

async function load(server: TestServer, { room, since, label }: Load): Promise<Cost> {
  const { roomId, members } = room;
  const polls = await openPolls({ url: server.url, tokens: tokensOf(room), timeoutMs: 30_000, since });
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/`;
  const body = JSON.stringify({ msgtype: 'm.text', body: 'b'.repeat(200) });
  let count = 0;
  const before = processorMs(server.pid);
  const { requestsPerSecond, p50Ms, errors } = await exchange({
    url: server.url,
    connections: 4,
    seconds: roundSeconds,
    next() {
      const { accessToken: token } = members[count % senders] as Person;
      return { method: 'PUT', path: `${path}${label}${count++}`, token, body };
    },
  });
  polls.close();
  if (errors + polls.failures() > 0) throw new Error(`${errors} sends and ${polls.failures()} polls failed`);
  return { perSecond: requestsPerSecond, p50Ms, eachUs: (1000 * (processorMs(server.pid) - before)) / count };
}

async function join(server: TestServer, { many, joining, since }: Seeded) {
  const polls = await openPolls({ url: server.url, tokens: tokensOf(many), timeoutMs: 30_000, since });
  const left = [...joining];
  const { url } = server;
  const { p50Ms, p99Ms, errors } = await exchange({
    url,
    connections: 1,
    seconds: 20,
    next() {
      const token = left.pop()?.accessToken;
      const path = `/_matrix/client/v3/rooms/${encodeURIComponent(many.roomId)}/join`;
      return token === undefined ? undefined : { method: 'POST', path, token, body: '{}' };
    },
  });
  polls.close();
  if (errors + polls.failures() > 0) throw new Error(`${errors} joins and ${polls.failures()} polls failed`);
  return { p50Ms, p99Ms };
}
