import assert from 'node:assert/strict';
import {
  createTestRoom,
  type JsonBody,
  registerUser,
  startServer,
  type TestRoom,
  type TestUser,
  until,
} from '@sotto/testing';
import { defineFault, upTo } from './fault.ts';
import { hangUp } from './hang-up.ts';

/** Each room has that many people, each person is in that many rooms. */
const roomSize = 5;
const timelineLimit = 5;

interface Reader {
  who: TestUser;
  /** The numbers of the messages of each room, in the order in which they are believed to stand there. */
  seen: Map<string, number[]>;
  /** How many gaps were filled. */
  gaps: number;
}

/** C3: people write, and follow all that is written through syncs with gaps and answers that they never get. */
export const ledger = defineFault({
  name: 'ledger',
  sentence: 'C3: what sync tells and what is paged back is all that was sent, in one order for all',
  small: { clients: 10, events: 800 },
  full: { clients: 50, events: 1_000_000 },
  async run(stage, { clients, events }) {
    const server = await startServer();
    stage.after(server.stop);
    const people: TestUser[] = [];
    for (const index of upTo(clients)) people.push(await registerUser(server, `person${index}`));
    const rooms: TestRoom[] = [];
    for (const index of upTo(clients)) {
      const members = upTo(roomSize).map((offset) => people[(index + offset) % clients] as TestUser);
      const room = await createTestRoom(members[0] as TestUser);
      await room.join(...members.slice(1));
      rooms.push(room);
    }
    const sent = new Map(rooms.map(({ roomId }): [string, number[]] => [roomId, []]));
    let [number, acknowledged] = [0, 0];
    const write = async (person: number) => {
      while (number < events) {
        const room = rooms[(person + clients - Math.floor(Math.random() * roomSize)) % clients] as TestRoom;
        const n = number++;
        const body = { msgtype: 'm.text', body: String(n) };
        await (people[person] as TestUser).call('PUT', room.at(`send/m.room.message/${n}`), body);
        sent.get(room.roomId)?.push(n);
        acknowledged += 1;
        if (acknowledged % Math.ceil(events / 20) === 0) stage.say(`${acknowledged} sent`);
      }
    };
    const follow = async (who: TestUser) => {
      const reader: Reader = { who, seen: new Map(), gaps: 0 };
      let { next_batch: since } = await who.call('GET', syncPath());
      for (let [isLast, turn] = [false, 1]; !isLast; turn++) {
        // Who was away for a while finds more than a timeline holds.
        const enough = Math.min(events, acknowledged + clients * timelineLimit * 2);
        if (turn % 5 === 0) await until(() => acknowledged >= enough, { deadlineMs: 120_000, what: 'more is sent' });
        // All that was acknowledged before this sync has to be in it.
        isLast = acknowledged >= events;
        const path = `${syncPath(since)}&timeout=${isLast ? 0 : 500}`;
        const request = { method: 'GET', path: path.replace('/v3/', '/_matrix/client/v3/'), token: who.accessToken };
        if (Math.random() < 0.1) await hangUp(server.url, request, Math.floor(Math.random() * 2000));
        const answer = await who.call('GET', path);
        await learn(reader, answer, since);
        since = answer.next_batch;
      }
      return reader;
    };
    const reading = Promise.all(people.map(follow));
    await Promise.all(upTo(clients).map(write));
    const readers = await reading;
    compare(readers, sent);
    const gaps = readers.reduce((sum, reader) => sum + reader.gaps, 0);
    assert.ok(gaps > 0, 'some syncs were limited');
    return `${acknowledged} events, ${clients} clients in rooms of ${roomSize}, ${gaps} gaps filled`;
  },
});

function syncPath(since?: string): string {
  const filter = { room: { timeline: { limit: timelineLimit }, ephemeral: { not_types: ['*'] } } };
  const query = `filter=${encodeURIComponent(JSON.stringify(filter))}`;
  return `/v3/sync?${query}${since === undefined ? '' : `&since=${since}`}`;
}

const numbersOf = (events: readonly JsonBody[]): number[] =>
  events.filter(({ type }) => type === 'm.room.message').map(({ content }) => Number(content.body));

async function learn(reader: Reader, answer: JsonBody, since: string): Promise<void> {
  const { who, seen } = reader;
  for (const [roomId, { timeline }] of Object.entries<JsonBody>(answer.rooms?.join ?? {})) {
    const known = seen.get(roomId) ?? [];
    seen.set(roomId, known);
    if (timeline.limited) {
      reader.gaps += 1;
      known.push(...(await fillGap(who, roomId, { from: timeline.prev_batch, to: since })));
    }
    known.push(...numbersOf(timeline.events));
  }
}

/** What lies between two tokens, oldest first. */
async function fillGap(who: TestUser, roomId: string, { from, to }: { from: string; to: string }): Promise<number[]> {
  const found: number[] = [];
  for (let next: string | undefined = from; next !== undefined; ) {
    const path = `/v3/rooms/${encodeURIComponent(roomId)}/messages?dir=b&from=${next}&to=${to}&limit=100`;
    const page: JsonBody = await who.call('GET', path);
    found.push(...numbersOf(page.chunk));
    next = page.end;
  }
  return found.reverse();
}

function compare(readers: readonly Reader[], sent: ReadonlyMap<string, readonly number[]>): void {
  const orders = new Map<string, readonly number[]>();
  const ascending = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
  for (const { who, seen } of readers) {
    assert.equal(seen.size, roomSize, `${who.userId} follows their rooms`);
    for (const [roomId, numbers] of seen) {
      const order = orders.get(roomId);
      if (order !== undefined) assert.deepEqual(numbers, order, `all of ${roomId} see one order`);
      else
        assert.deepEqual(ascending(numbers), ascending(sent.get(roomId) ?? []), `${who.userId} has all of ${roomId}`);
      orders.set(roomId, numbers);
    }
  }
}
