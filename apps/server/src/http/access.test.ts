import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Answer, registerUser, startServer, type TestServer, type TestUser } from '@sotto/testing';
import type { Endpoint } from './endpoint.ts';
import { allEndpoints } from './endpoints-fixture.ts';
import { urlsOf } from './router.ts';

let server: TestServer;
let eve: TestUser;
before(async () => {
  server = await startServer({
    config: { 'guests.enabled': true, 'urlPreview.enabled': true, 'media.legacyEndpoints': true },
  });
  // The first account may be an admin's.
  await registerUser(server, 'first', { token: await server.firstRunToken() });
  eve = await registerUser(server, 'eve');
});
after(() => server.stop());

const endpoints = allEndpoints();
const withAuth = (...kinds: Endpoint['auth'][]) => endpoints.filter(({ auth }) => kinds.includes(auth));

/** All addresses of these endpoints, by all their names, are answered so. */
async function assertAnswered(
  asked: readonly Endpoint[],
  { token, expected }: { token: string; expected: readonly [status: number, errcode: string] },
): Promise<void> {
  assert.ok(asked.length > 0);
  const wrong: string[] = [];
  for (const endpoint of asked) {
    const answers = urlsOf(endpoint).map(async (url): Promise<[string, Answer]> => {
      const path = url.replace(/:\w+/g, 'x');
      const body = endpoint.method === 'GET' ? {} : { body: {} };
      return [`${endpoint.method} ${path}`, await server.api(endpoint.method, path, { token, ...body })];
    });
    for (const [name, { status, body }] of await Promise.all(answers)) {
      if (status !== expected[0] || body.errcode !== expected[1]) wrong.push(`${name}: ${status} ${body.errcode}`);
    }
  }
  assert.deepEqual(wrong, []);
}

test('B3: no endpoint for somebody who is logged in answers without a token, or with one that is not known', async () => {
  const closed = withAuth('user', 'guest', 'admin', 'appservice');
  assert.ok(closed.length > 100);
  await assertAnswered(closed, { token: '', expected: [401, 'M_MISSING_TOKEN'] });
  await assertAnswered(closed, { token: 'syt_made_up', expected: [401, 'M_UNKNOWN_TOKEN'] });
});

test('B3: a token is worth nothing after its logout, and the others of the person after a new password', async () => {
  const logIn = async () => {
    const body = { type: 'm.login.password', user: 'eve', password: eve.password };
    return (await server.api('POST', '/v3/login', { body })).body.access_token as string;
  };
  const [first, second, third] = [await logIn(), await logIn(), await logIn()];
  await server.api('POST', '/v3/logout', { token: first, body: {} });
  const auth = { type: 'm.login.password', password: eve.password };
  const changed = await server.api('POST', '/v3/account/password', {
    token: second,
    body: { new_password: eve.password, auth },
  });
  assert.equal(changed.status, 200);
  for (const token of [first, third])
    await assertAnswered(withAuth('user', 'admin'), { token, expected: [401, 'M_UNKNOWN_TOKEN'] });
  assert.equal((await server.api('GET', '/v3/account/whoami', { token: second })).status, 200);
  eve = { ...eve, accessToken: second };
});

test('B9: what is for admins and application services alone is refused to everybody else', async () => {
  const { body } = await server.api('POST', '/v3/register?kind=guest', { body: {} });
  const guest = body.access_token as string;
  await assertAnswered(withAuth('admin'), { token: eve.accessToken, expected: [403, 'M_FORBIDDEN'] });
  await assertAnswered(withAuth('appservice'), { token: eve.accessToken, expected: [403, 'M_FORBIDDEN'] });
  await assertAnswered(withAuth('user', 'admin'), { token: guest, expected: [403, 'M_GUEST_ACCESS_FORBIDDEN'] });
});
