import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { patienceMs, registerUser, startServer, type TestServer, type TestUser } from '@sotto/testing';
import { allEndpoints } from './endpoints-fixture.ts';
import { urlsOf } from './router.ts';

let server: TestServer;
let admin: TestUser;
let roomId: string;
before(async () => {
  server = await startServer({ config: { 'registration.sharedSecret': 'S', 'guests.enabled': true } });
  admin = await registerUser(server, 'admin', { token: await server.firstRunToken() });
  roomId = (await admin.call('POST', '/v3/createRoom', { name: 'x' })).room_id;
});
after(() => server.stop());

/** These end the login of the one who asks, or the account. */
const endsLogin = /\/(logout|deactivate|sign-out|delete_devices|password)\b/;

const wrongBodies = [
  '{}',
  '[]',
  'null',
  '"x"',
  '{"__proto__":null,"a":[[[]]],"":{}}',
  '{"user_id":1,"room_id":[],"auth":{"type":1,"session":[]},"identifier":null,"device_keys":[],"messages":{"a":1}}',
  '{"user_id":"@x","membership":"x","reason":null,"auth":{"type":"m.login.password","session":"x"},"limit":-1}',
  '{"name":"\\ud800","topic":"\\u0000","invite":["x"],"preset":"x","initial_state":[{}],"room_version":"0"}',
  '{"search_categories":{"room_events":{"search_term":"","filter":{"rooms":[1]}}},"filter":{"not_rooms":null}}',
  '{"search_categories":{"room_events":{"search_term":"a\\u0000b \\"c\\u0000d\\" -e\\u0000f"}}}',
  '{"lists":{"a":{"ranges":[[5,1]],"timeline_limit":-1}},"room_subscriptions":{"!x":{}},"extensions":{"e2ee":1}}',
];
const wrongParams = [
  'x',
  '!x:y',
  '@x:localhost',
  '%00',
  '%F0%9F%92%A9',
  '%E0%A4',
  '..%2F..%2Fetc',
  '$x',
  '1e9',
  '%25',
  'x'.repeat(3000),
];
/** Some endpoints wait for news unless they are told for how long. */
const soon = '?timeout=10';
const wrongQueries = [
  soon,
  '?limit=-1&from=x&dir=x&since=x&timeout=x&filter=%7B&ts=x',
  `?filter=${'%5B'.repeat(2000)}&at=%00&to=s1&dir=b&limit=1e99&timeout=10`,
];

async function ask(method: string, url: string, body: string | undefined): Promise<number> {
  const response = await fetch(server.url + url, {
    method,
    headers: { authorization: `Bearer ${admin.accessToken}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(patienceMs),
  });
  await response.arrayBuffer();
  return response.status;
}

test('every endpoint survives what no client would send, and none answers 500', async () => {
  const failures: string[] = [];
  const endpoints = allEndpoints().filter(({ paths }) => !endsLogin.test(paths[0] ?? ''));
  assert.ok(endpoints.length > 100, String(endpoints.length));
  for (const endpoint of endpoints) {
    const pattern = urlsOf(endpoint)[0] ?? '';
    const withRoom = pattern.replace(':roomId', encodeURIComponent(roomId)).replace(':userId', admin.userId);
    const urls = [...wrongParams.map((param) => pattern.replace(/:\w+/g, param)), withRoom.replace(/:\w+/g, 'x')];
    const isPlain = !pattern.includes(':');
    const hasBody = endpoint.method !== 'GET';
    const tries: [string, string | undefined][] = [];
    for (const url of isPlain ? [pattern + soon] : urls) tries.push([url, hasBody ? '{}' : undefined]);
    for (const query of wrongQueries) tries.push([withRoom.replace(/:\w+/g, 'x') + query, hasBody ? '{}' : undefined]);
    if (hasBody) for (const body of wrongBodies) tries.push([withRoom.replace(/:\w+/g, 'x'), body]);
    const statuses = await Promise.all(tries.map(([url, body]) => ask(endpoint.method, url, body)));
    for (const [index, status] of statuses.entries()) {
      const [url, body] = tries[index] as [string, string | undefined];
      if (status >= 500 && status !== 504)
        failures.push(`${endpoint.method} ${url.slice(0, 120)} ${body ?? ''} → ${status}`);
    }
  }
  const logged = server
    .output()
    .split('\n')
    .filter((line) => line.includes('request failed'));
  assert.deepEqual([...failures, ...logged.map((line) => line.slice(0, 600))].slice(0, 20), []);
  assert.equal((await admin.api('GET', '/v3/account/whoami')).status, 200);
});
