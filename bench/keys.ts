import { registerUser, type TestServer, type TestUser } from '@sotto/testing';
import type { Bench, BenchOptions, Figure } from './bench.ts';
import { type Exchange, exchange } from './load/exchange.ts';
import { processorMs } from './machine.ts';
import { onServer } from './on-server.ts';
import { startEmptyServer } from './sends.ts';

const connections = 32;
const people = 50;
/** Until the code of an endpoint is compiled. */
const warmSeconds = 2;
const goal = { least: 5000 };
const prefix = '/_matrix/client/v3';

/** A key of the size of real ones. What it says is not looked at by the server. */
const key = { key: 'k'.repeat(43), signatures: { '@person:localhost': { 'ed25519:DEVICEID00': 's'.repeat(86) } } };

export const keys: Bench = {
  name: 'keys',
  sentence: `one-time keys uploaded and claimed, and messages to devices, durable, ${connections} connections, one each time`,
  run: (options) => onServer(options, (server) => measure(server, options)),
};

async function measure(server: TestServer, { seconds }: BenchOptions): Promise<Figure[]> {
  const users: TestUser[] = [];
  for (let n = 0; n < people; n++) users.push(await registerUser(server, `person${n}`));
  let count = 0;
  const one = () => users[count % people] as TestUser;
  const run = (name: string, part: Pick<Exchange, 'next'>) =>
    figures(name, server, { url: server.url, connections, seconds, ...part });
  const uploaded = await run('key uploads', {
    next() {
      const { accessToken: token } = one();
      const one_time_keys = { [`signed_curve25519:A${count++}`]: key };
      return { method: 'POST', path: `${prefix}/keys/upload`, token, body: JSON.stringify({ one_time_keys }) };
    },
  });
  count = 0;
  const claimed = await run('key claims', {
    next() {
      const { accessToken: token, userId, deviceId } = one();
      count++;
      const body = JSON.stringify({ one_time_keys: { [userId]: { [deviceId]: 'signed_curve25519' } } });
      return { method: 'POST', path: `${prefix}/keys/claim`, token, body };
    },
  });
  count = 0;
  const content = { algorithm: 'm.olm.v1.curve25519-aes-sha2', ciphertext: 'c'.repeat(1000) };
  const sendTo: Exchange['next'] = () => {
    const { accessToken: token } = one();
    const { userId, deviceId } = users[(count + 1) % people] as TestUser;
    const body = JSON.stringify({ messages: { [userId]: { [deviceId]: content } } });
    return { method: 'PUT', path: `${prefix}/sendToDevice/m.room.encrypted/${count++}`, token, body };
  };
  const sent = await run('messages to devices', { next: sendTo });
  const empty = await bare(seconds, sendTo);
  const shares = [uploaded, claimed, sent].flatMap(([first]) =>
    first === undefined
      ? []
      : [{ name: `${first.name} per empty request`, value: (100 * first.value) / empty.value, unit: '%' }],
  );
  return [empty, ...uploaded, ...claimed, ...sent, ...shares];
}

/** The same messages to an empty Fastify route, by the same loader. */
async function bare(seconds: number, like: Exchange['next']): Promise<Figure> {
  const empty = await startEmptyServer();
  const path = `${prefix}/rooms/!room/send/m.room.encrypted/1`;
  try {
    const next: Exchange['next'] = (connection) => ({ method: 'PUT', token: '', body: '', ...like(connection), path });
    const { requestsPerSecond, errors } = await exchange({ url: empty.url, connections, seconds, next });
    if (errors > 0) throw new Error(`${errors} requests to the empty route failed`);
    return { name: 'empty Fastify route', value: requestsPerSecond, unit: 'requests/s' };
  } finally {
    await empty.stop();
  }
}

async function figures(name: string, server: TestServer, load: Exchange): Promise<Figure[]> {
  await exchange({ ...load, seconds: warmSeconds });
  const before = processorMs(server.pid);
  const { requestsPerSecond, p50Ms, p99Ms, errors } = await exchange(load);
  if (errors > 0) throw new Error(`${errors} ${name} failed`);
  const eachUs = (1000 * (processorMs(server.pid) - before)) / (requestsPerSecond * load.seconds);
  return [
    { name, value: requestsPerSecond, unit: 'requests/s', goal },
    { name: `${name}, processor time each`, value: eachUs, unit: 'µs' },
    { name: `${name}, median`, value: p50Ms, unit: 'ms' },
    { name: `${name}, 99th percentile`, value: p99Ms, unit: 'ms' },
  ];
}
