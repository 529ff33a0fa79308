import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createApi, until } from '@sotto/testing';
import { LaterMembers } from '../services/raw-json.ts';
import { endpoint, Reply } from './endpoint.ts';
import { noRateLimits } from './rate-limit.ts';
import { createHttpServer } from './server.ts';

const partBytes = 2 ** 20;

/** Serves an answer of so many parts, of which one may fail. */
async function serveParts(t: TestContext, { count, failsAt }: { count: number; failsAt?: number }) {
  const seen = { read: 0, ended: 0, errors: [] as unknown[] };
  async function* turns() {
    try {
      for (let n = 0; n < count; n++) {
        if (n === failsAt) throw new Error('the disk has gone');
        seen.read++;
        yield { [`room${n}`]: 'x'.repeat(partBytes) };
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
    log: {
      error: (_line, fields) => void seen.errors.push(fields?.error),
      warn: assert.fail,
      info: assert.fail,
      debug: assert.fail,
    },
    endpoints: [parted],
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  return { url, seen };
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
  const { url, seen } = await serveParts(t, { count: 200 });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  t.after(() => void socket.destroy());
  const begun = new Promise((resolve) => socket.once('readable', resolve));
  socket.write('GET /_matrix/client/v3/sync HTTP/1.1\r\nHost: x\r\n\r\n');
  await begun;
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
