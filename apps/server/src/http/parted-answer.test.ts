import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { createApi, until } from '@sotto/testing';
import { LaterMembers, RawJson } from '../services/raw-json.ts';
import { endpoint, Reply } from './endpoint.ts';
import { jsonParts, partLength } from './json-text.ts';
import { noRateLimits } from './rate-limit.ts';
import { createHttpServer } from './server.ts';

const partBytes = 2 ** 20;

interface Parts {
  count: number;
  failsAt?: number;
  /** How many members are read at a time, with a megabyte each. */
  size?: number;
  maxUnreadBytes?: number;
}

/** Serves an answer of so many parts, of which one may fail. */
async function serveParts(t: TestContext, { count, failsAt, size = 1, maxUnreadBytes = 2 ** 30 }: Parts) {
  const seen = { read: 0, ended: 0, errors: [] as unknown[] };
  async function* turns() {
    try {
      for (let n = 0; n < count; n++) {
        if (n === failsAt) throw new Error('the disk has gone');
        seen.read++;
        const rooms = Array.from({ length: size }, (_, m) => [`room${n * size + m}`, 'x'.repeat(partBytes)]);
        yield Object.fromEntries(rooms);
      }
    } finally {
      seen.ended++;
    }
  }
  const parted = endpoint({
    method: 'GET',
    path: '/v3/sync',
    auth: 'none',
    handle: async () =>
      new Reply({
        body: { next_batch: 's1', rooms: { join: new LaterMembers(turns()), left: undefined } },
        isInParts: true,
      }),
  });
  const server = createHttpServer({
    findRequester: async () => undefined,
    limiter: noRateLimits,
    logging: {
      error: (_line, fields) => void seen.errors.push(fields?.error),
      warn: assert.fail,
      info: assert.fail,
      debug: assert.fail,
    },
    endpoints: [parted],
    maxUnreadBytes,
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  /** Asks, and takes nothing of the answer but that it begins. */
  const ask = async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    t.after(() => void socket.destroy());
    socket.on('error', () => undefined);
    const begun = new Promise((resolve) => socket.once('readable', resolve));
    socket.write('GET /_matrix/client/v3/sync HTTP/1.1\r\nHost: x\r\n\r\n');
    await begun;
    return socket;
  };
  return { server, url, seen, ask };
}

test('an answer in parts comes whole', async (t) => {
  const { url, seen } = await serveParts(t, { count: 20 });
  const { status, body } = await createApi(url)('GET', '/v3/sync');
  assert.deepEqual([status, body.next_batch, Object.keys(body.rooms)], [200, 's1', ['join']]);
  assert.deepEqual(
    Object.entries(body.rooms.join).map(([id, text]) => [id, String(text).length]),
    Array.from({ length: 20 }, (_, n) => [`room${n}`, partBytes]),
  );
  assert.deepEqual([seen.ended, seen.errors], [1, []]);
});

test('parts are read no faster than they are taken, and no longer than somebody is there', async (t) => {
  const { seen, ask } = await serveParts(t, { count: 200 });
  const socket = await ask();
  let [before, looks] = [-1, 0];
  const hasStopped = () => {
    looks = seen.read === before ? looks + 1 : 0;
    before = seen.read;
    return looks === 10;
  };
  // The operating system takes a few megabytes of what nobody reads.
  await until(hasStopped, { what: 'reading stops' });
  assert.ok(seen.read < 30, `${seen.read} parts of 200 were read for who took none`);
  socket.destroy();
  await until(() => seen.ended === 1, { what: 'reading ends' });
  assert.ok(seen.read < 30);
  assert.deepEqual(seen.errors, []);
});

test('an error in the middle ends the connection, and one at the start is an answer', async (t) => {
  const late = await serveParts(t, { count: 20, failsAt: 10 });
  await assert.rejects(createApi(late.url)('GET', '/v3/sync'));
  assert.deepEqual(late.seen.errors.map(String), ['Error: the disk has gone']);
  const early = await serveParts(t, { count: 20, failsAt: 0 });
  const { status, body } = await createApi(early.url)('GET', '/v3/sync');
  assert.deepEqual([status, body.errcode], [500, 'M_UNKNOWN']);
  assert.equal(early.seen.errors.length, 1);
});

test('C9: what was read for answers that nobody takes is counted, and only so much of it kept', async (t) => {
  // The operating system takes some of the twelve megabytes that are read at a time, and the rest stays.
  const { server, url, seen, ask } = await serveParts(t, { count: 8, size: 12, maxUnreadBytes: 48 * partBytes });
  for (let count = 0; count < 12; count++) await ask();
  const { body } = await createApi(url)('GET', '/v3/sync');
  assert.equal(Object.keys(body.rooms.join).length, 8 * 12, 'who reads gets theirs whole');
  const connections = promisify(server.server.getConnections.bind(server.server));
  // The connection of who read is kept alive.
  const kept = await until(async () => {
    const open = await connections();
    return open <= 5 && open;
  });
  assert.ok(kept >= 3, `no more are cut than must be: ${kept} are left`);
  assert.deepEqual(seen.errors, []);
});

test('what is read at a time is sent in smaller parts, and its length is told', async () => {
  async function* turns() {
    yield Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`room${n}`, { text: 'ä'.repeat(50_000) }]));
    yield {};
    yield { left: undefined, last: new RawJson('[1]') };
  }
  const told: number[] = [];
  const parts: string[] = [];
  for await (const part of jsonParts({ join: new LaterMembers(turns()) }, (length) => told.push(length)))
    parts.push(part);
  const { join } = JSON.parse(parts.join(''));
  assert.deepEqual([Object.keys(join).length, join.room39.text.length, join.last], [41, 50_000, [1]]);
  assert.ok(parts.every((part) => part.length < partLength + 51_000));
  assert.ok(parts.length < 20, 'many small members go together');
  assert.deepEqual(
    told.map((length) => Math.round(length / 50_000)),
    [40, 0, 0, 0],
  );
});
