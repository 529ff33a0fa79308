import assert from 'node:assert/strict';
import test from 'node:test';
import { createApi } from './api.ts';
import { ProblemError } from './types.ts';

interface Request {
  path: string;
  body: Record<string, unknown>;
  token: string | null;
}

/** An API whose server gives these answers, one after the other. */
function apiWith(...answers: [status: number, body: unknown][]) {
  const requests: Request[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const token = new Headers(init?.headers).get('authorization');
    requests.push({ path: new URL(String(input)).pathname, body: JSON.parse(String(init?.body ?? '{}')), token });
    const [status, body] = answers.shift() ?? assert.fail('one request too many');
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
  };
  return { api: createApi({ baseUrl: 'http://hs.invalid/', fetch, nameDevice: async () => 'Test' }), requests };
}

const loggedIn = { user_id: '@a:hs', device_id: 'D', access_token: 'secret' };
const tokenFlow = { session: 's1', flows: [{ stages: ['m.login.registration_token', 'm.login.dummy'] }], params: {} };
const account = { username: 'a', password: 'long enough' };

async function problemOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail('should have failed'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ProblemError);
  return error.problem.kind;
}

test('registers with an invite token through all stages', async () => {
  const { api, requests } = apiWith(
    [401, tokenFlow],
    [401, { ...tokenFlow, completed: ['m.login.registration_token'] }],
    [200, loggedIn],
  );
  assert.deepEqual(await api.register({ ...account, token: 'invite' }), {
    userId: '@a:hs',
    deviceId: 'D',
    accessToken: 'secret',
  });
  assert.deepEqual(
    requests.map(({ body }) => body.auth),
    [
      undefined,
      { type: 'm.login.registration_token', session: 's1', token: 'invite' },
      { type: 'm.login.dummy', session: 's1' },
    ],
  );
});

test('registers on an open server with the dummy stage', async () => {
  const { api, requests } = apiWith([401, { session: 's', flows: [{ stages: ['m.login.dummy'] }] }], [200, loggedIn]);
  await api.register(account);
  assert.deepEqual(requests[1]?.body.auth, { type: 'm.login.dummy', session: 's' });
});

test('a token that is refused is a bad link, no token is a closed registration', async () => {
  const refused = { ...tokenFlow, errcode: 'M_UNAUTHORIZED' };
  assert.equal(
    await problemOf(apiWith([401, tokenFlow], [401, refused]).api.register({ ...account, token: 'x' })),
    'bad-invite-link',
  );
  assert.equal(await problemOf(apiWith([401, tokenFlow]).api.register(account)), 'registration-closed');
  assert.equal(
    await problemOf(apiWith([403, { errcode: 'M_FORBIDDEN' }]).api.register(account)),
    'registration-closed',
  );
});

const problems: readonly [number, unknown, string][] = [
  [400, { errcode: 'M_USER_IN_USE' }, 'user-taken'],
  [400, { errcode: 'M_INVALID_USERNAME' }, 'bad-username'],
  [400, { errcode: 'M_WEAK_PASSWORD' }, 'weak-password'],
  [429, { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 5 }, 'rate-limited'],
  [502, '<html>bad gateway</html>', 'network'],
  [500, { errcode: 'M_UNKNOWN' }, 'unknown'],
  [200, { user_id: 7 }, 'unknown'],
];
for (const [status, body, kind] of problems) {
  test(`${status} ${JSON.stringify(body)} is the problem ${kind}`, async () => {
    assert.equal(await problemOf(apiWith([status, body]).api.register(account)), kind);
  });
}

test('a wrong password says so, and no answer is the network', async () => {
  assert.equal(await problemOf(apiWith([403, { errcode: 'M_FORBIDDEN' }]).api.logIn(account)), 'wrong-credentials');
  const fetch = () => Promise.reject(new TypeError('fetch failed'));
  const api = createApi({ baseUrl: 'http://hs.invalid', fetch, nameDevice: async () => 'Test' });
  assert.equal(await problemOf(api.logIn(account)), 'network');
});

test('invite links: preview, accept, create', async () => {
  const preview = { inviter: { user_id: '@m:hs', displayname: 'Mira' }, room_name: 'Tea', makes_admin: false };
  const { api, requests } = apiWith(
    [200, preview],
    [200, { room_id: '!r' }],
    [200, {}],
    [200, { token: 't', url: 'http://x/#/invite/t' }],
  );
  assert.deepEqual(await api.previewInvite('a/b'), {
    inviter: { userId: '@m:hs', displayName: 'Mira' },
    roomName: 'Tea',
    makesAdmin: false,
  });
  assert.equal(await api.acceptInvite('secret', 't'), '!r');
  assert.equal(await api.acceptInvite('secret', 't'), undefined);
  assert.equal(await api.createInvite('secret', '!r'), 'http://x/#/invite/t');
  assert.equal(requests[0]?.path, '/_sotto/client/v1/invites/a%2Fb');
  assert.equal(requests[0]?.token, null);
  assert.equal(requests[1]?.token, 'Bearer secret');
  assert.deepEqual(requests[3]?.body, { room_id: '!r' });
  assert.equal(await problemOf(apiWith([404, { errcode: 'M_NOT_FOUND' }]).api.previewInvite('t')), 'bad-invite-link');
});
