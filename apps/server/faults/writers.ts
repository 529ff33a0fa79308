import assert from 'node:assert/strict';
import { type JsonBody, registerUser, type TestServer, type TestUser, until } from '@sotto/testing';
import { upTo } from './fault.ts';

/** People who send without a pause, and repeat under the same transaction id what was not answered 200. */
export interface Writers {
  /** How many sends were acknowledged. */
  acknowledged(): number;
  /** Answers other than 200 that came, as `status errcode`, and how often. */
  refusals: Map<string, number>;
  /** Sends until it is told to stop; what is under way is brought to its end first. */
  start(): { stop(): Promise<void> };
  /** Reads the rooms and compares: what was acknowledged is there under its id, and nothing is there twice. */
  check(): Promise<void>;
  people: readonly TestUser[];
}

export interface WritersOptions {
  server: TestServer;
  count: number;
  /** The most that each sends between `start` and `stop`; without end unless told. */
  most?: number;
  bodyBytes?: number;
}

const pageSize = 1000;

/** People on `server`, each with a room of their own to write in. */
export async function createWriters({ server, count, most, bodyBytes = 10 }: WritersOptions): Promise<Writers> {
  const people: TestUser[] = [];
  for (const index of upTo(count)) people.push(await registerUser(server, `writer${index}`));
  const rooms: string[] = [];
  for (const who of people) rooms.push((await who.call('POST', '/v3/createRoom', {})).room_id);
  const eventIds = people.map((): string[] => []);
  const refusals = new Map<string, number>();
  const padding = 'x'.repeat(bodyBytes);

  /** Sends number `index` until it is acknowledged. */
  async function send(writer: number, index: number): Promise<void> {
    const path = `/v3/rooms/${encodeURIComponent(rooms[writer] as string)}/send/m.room.message/t${index}`;
    const body = { msgtype: 'm.text', body: `${index} ${padding}` };
    const answer = await until(
      async () => {
        const tried = await (people[writer] as TestUser).api('PUT', path, { body }).catch(() => undefined);
        if (tried === undefined || tried.status === 200) return tried;
        const name = `${tried.status} ${tried.body.errcode}`;
        refusals.set(name, (refusals.get(name) ?? 0) + 1);
        return undefined;
      },
      { deadlineMs: 120_000, what: `send ${index} of writer ${writer} is acknowledged` },
    );
    (eventIds[writer] as string[]).push(answer.body.event_id);
  }

  async function checkRoom(writer: number): Promise<void> {
    const sent = eventIds[writer] as string[];
    const stored = await readRoom(people[writer] as TestUser, rooms[writer] as string);
    assert.deepEqual(
      stored.map((event) => [event.event_id, Number.parseInt(event.content.body, 10)]),
      sent.map((eventId, index) => [eventId, index]),
      `the room of writer ${writer}`,
    );
  }

  return {
    acknowledged: () => eventIds.reduce((sum, ids) => sum + ids.length, 0),
    refusals,
    people,
    start() {
      let isStopped = false;
      const loops = people.map(async (_, writer) => {
        for (let sent = 0; !isStopped && sent < (most ?? Number.POSITIVE_INFINITY); sent++)
          await send(writer, eventIds[writer]?.length ?? 0);
      });
      return {
        async stop() {
          isStopped = true;
          await Promise.all(loops);
        },
      };
    },
    async check() {
      for (const writer of people.keys()) await checkRoom(writer);
    },
  };
}

/** All messages of a room, oldest first. */
export async function readRoom(who: TestUser, roomId: string): Promise<JsonBody[]> {
  const filter = encodeURIComponent(JSON.stringify({ types: ['m.room.message'] }));
  const events: JsonBody[] = [];
  let from = '';
  do {
    const path = `/v3/rooms/${encodeURIComponent(roomId)}/messages?dir=f&limit=${pageSize}&filter=${filter}${from}`;
    const page = await who.call('GET', path);
    events.push(...page.chunk);
    from = page.end === undefined ? '' : `&from=${encodeURIComponent(page.end)}`;
  } while (from !== '');
  return events;
}
