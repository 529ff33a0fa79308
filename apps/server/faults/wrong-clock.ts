import assert from 'node:assert/strict';
import { createTestRoom, type JsonBody, patienceMs, registerUser, type TestServer, until } from '@sotto/testing';
import { defineFault, upTo } from './fault.ts';
import { startWithClock } from './shifted-clock.ts';
import { readRoom } from './writers.ts';

const dayMs = 24 * 3600_000;

/** C14: the clock jumps to and fro while people write, wait, log in and guess. */
export const wrongClock = defineFault({
  name: 'wrong-clock',
  sentence: 'C14: with a clock that jumps by days, order is that of the log and limits keep their own time',
  small: { jumps: 4, messages: 5 },
  full: { jumps: 300, messages: 2 },
  async run(stage, { jumps, messages }) {
    const { server, setClock } = await startWithClock(stage, { config: { 'rateLimits.enabled': true } });
    const [mira, jon] = [await registerUser(server, 'mira'), await registerUser(server, 'jon')];
    const room = await createTestRoom(mira);
    await room.join(jon);
    const sent: string[] = [];
    const received: string[] = [];
    let { next_batch: since } = await jon.call('GET', '/v3/sync');
    const take = async (query: string) => {
      const answer = await jon.call('GET', `/v3/sync?since=${since}${query}`);
      since = answer.next_batch;
      const events: JsonBody[] = answer.rooms?.join?.[room.roomId]?.timeline?.events ?? [];
      for (const event of events) if (event.type === 'm.room.message') received.push(event.event_id);
      for (const event of events) assert.ok(event.unsigned.age >= 0, 'no event comes from the future');
    };
    for (const jump of upTo(jumps)) {
      const begunMs = performance.now();
      await useUpGuesses(server);
      const begun = await beginStage(server);
      const poll = take('&timeout=55000');
      setClock([dayMs, -dayMs, -2 * dayMs, 365 * dayMs, 0][jump % 5] as number);
      for (const index of upTo(messages)) sent.push(await room.say(mira, `${jump} ${index}`));
      await poll;
      while (received.length < sent.length) await take('&timeout=1000');
      assert.deepEqual(received, sent, 'who follows gets all, in the order in which it was sent');
      await assertShortPoll(jon, since);
      await assertDelayed(mira, room.roomId, (eventId) => sent.push(eventId));
      await endStage(server, begun);
      // Beside those that came back by themselves, three a minute.
      const mostGuesses = () => 1 + (performance.now() - begunMs) / 20_000;
      for (let guesses = 1; (await guess(server)).status !== 429; guesses++)
        assert.ok(guesses <= mostGuesses(), 'a jump gives no guesses back');
      if (jump % 50 === 49) stage.say(`${jump + 1} jumps`);
    }
    const stored = await readRoom(jon, room.roomId);
    assert.deepEqual(
      stored.map((event) => event.event_id),
      sent,
    );
    return `${jumps} jumps, ${sent.length} messages`;
  },
});

const guess = (server: TestServer) =>
  server.api('POST', '/v3/login', {
    body: { type: 'm.login.password', user: 'nobody', password: 'x' },
    headers: { 'x-forwarded-for': '203.0.113.1' },
  });

/** All but a few come back within minutes, which this does not take. */
async function useUpGuesses(server: TestServer): Promise<void> {
  await until(async () => (await guess(server)).status === 429, { what: 'guesses are used up' });
}

/** A poll of a moment ends after a moment. */
async function assertShortPoll(who: { call(method: string, path: string): Promise<JsonBody> }, since: string) {
  const begunMs = performance.now();
  await who.call('GET', `/v3/sync?since=${since}&timeout=50`);
  const tookMs = performance.now() - begunMs;
  assert.ok(tookMs >= 40 && tookMs < patienceMs, `a poll of 50 ms took ${Math.round(tookMs)} ms`);
}

/** A message for later comes later, and not a day later. */
async function assertDelayed(
  who: { call(method: string, path: string, body?: unknown): Promise<JsonBody> },
  roomId: string,
  onSent: (eventId: string) => void,
): Promise<void> {
  const at = `/v3/rooms/${encodeURIComponent(roomId)}`;
  const text = `later ${performance.now()}`;
  const path = `${at}/send/m.room.message/${encodeURIComponent(text)}?org.matrix.msc4140.delay=50`;
  await who.call('PUT', path, { msgtype: 'm.text', body: text });
  const newest = await until(
    async () => {
      const { chunk } = await who.call('GET', `${at}/messages?dir=b&limit=1`);
      return chunk[0].content.body === text && chunk[0];
    },
    { what: 'what was to come later has come' },
  );
  onSent(newest.event_id);
}

let names = 0;

/** The first step of a registration, before the clock jumps. */
async function beginStage(server: TestServer) {
  const body = { username: `new${names++}`, password: 'a password' };
  const headers = { 'x-forwarded-for': `203.0.113.${names % 250}` };
  const answer = await server.api('POST', '/v3/register', { body, headers });
  assert.equal(answer.status, 401);
  return { body, headers, session: answer.body.session };
}

/** The second, after it: minutes are allowed between them, and none have passed. */
async function endStage(server: TestServer, { body, headers, session }: Awaited<ReturnType<typeof beginStage>>) {
  const auth = { type: 'm.login.dummy', session };
  const answer = await server.api('POST', '/v3/register', { body: { ...body, auth }, headers });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}
