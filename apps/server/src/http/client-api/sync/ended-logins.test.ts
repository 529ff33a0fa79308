import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type Answer,
  type Api,
  createApi,
  createTestRoom,
  registerUser,
  startServer,
  type TestServer,
  type TestUser,
} from '@sotto/testing';

let server: TestServer;
let admin: TestUser;
let number = 0;
before(async () => {
  server = await startServer();
  admin = await registerUser(server, 'admin', { token: await server.firstRunToken() });
});
after(() => server.stop());

const sliding = '/unstable/org.matrix.simplified_msc3575/sync';
const slidingBody = { lists: { main: { ranges: [[0, 9]], timeline_limit: 5, required_state: [] } } };

/** Each way to wait for news: how it begins, and the poll that goes on from there. */
const ways: Record<string, (api: Api) => Promise<() => Promise<Answer>>> = {
  async sync(api) {
    const { next_batch } = (await api('GET', '/v3/sync')).body;
    return () => api('GET', `/v3/sync?since=${next_batch}&timeout=55000`);
  },
  async sliding(api) {
    const { pos } = (await api('POST', sliding, { body: slidingBody })).body;
    return () => api('POST', `${sliding}?pos=${pos}&timeout=55000`, { body: slidingBody });
  },
  async events(api) {
    const { end } = (await api('GET', '/v3/events?timeout=0')).body;
    return () => api('GET', `/v3/events?from=${end}&timeout=55000`);
  },
};

interface Login {
  person: TestUser;
  api: Api;
  deviceId: string;
}

/** Asks, proves by password that it is oneself, and asks again. */
async function confirmed({ api, password, userId: user }: TestUser, request: [string, string], body: object) {
  const { session } = (await api(...request, { body })).body;
  const auth = { type: 'm.login.password', password, session, identifier: { type: 'm.id.user', user } };
  const { status } = await api(...request, { body: { ...body, auth } });
  assert.equal(status, 200);
}

const endings: Record<string, (login: Login) => Promise<unknown>> = {
  'log out': ({ api }) => api('POST', '/v3/logout', { body: {} }),
  'log out everywhere': ({ person }) => person.call('POST', '/v3/logout/all', {}),
  'delete the device': ({ person, deviceId }) => confirmed(person, ['DELETE', `/v3/devices/${deviceId}`], {}),
  'change the password': ({ person }) => confirmed(person, ['POST', '/v3/account/password'], { new_password: 'other' }),
  deactivate: ({ person }) => confirmed(person, ['POST', '/v3/account/deactivate'], {}),
  lock: ({ person }) => admin.call('PUT', `/v1/admin/lock/${person.userId}`, { locked: true }),
};

/** A device waits, its login ends in this way, and somebody says something: what the device is told. */
async function lastAnswer(way: string, ending: string): Promise<Answer> {
  const [person, other] = [await registerUser(server, `tom${number}`), await registerUser(server, `mira${number++}`)];
  const body = { type: 'm.login.password', user: person.userId, password: person.password };
  const login = (await server.api('POST', '/v3/login', { body })).body;
  const api = createApi(server.url, login.access_token);
  const [room, elsewhere] = [await createTestRoom(other), await createTestRoom(other)];
  await room.join(person);
  const poll = await (ways[way] as (typeof ways)[string])(api);
  await elsewhere.say(other, 'The log moves on');
  const answer = poll();
  // The poll has been let in: what was asked after it has its answer.
  assert.equal((await api('GET', '/v3/account/whoami')).status, 200);
  await endings[ending]?.({ person, api, deviceId: login.device_id });
  assert.equal((await api('GET', '/v3/account/whoami')).status, 401);
  await room.say(other, 'Among ourselves');
  return answer;
}

for (const way of Object.keys(ways))
  test(`${way}: a device that is logged out while it waits is told nothing more`, async () => {
    const { status, body } = await lastAnswer(way, 'log out');
    assert.deepEqual([status, body.errcode, body.soft_logout], [401, 'M_UNKNOWN_TOKEN', false]);
  });

for (const ending of Object.keys(endings).slice(1))
  test(`sync: waiting ends with the login (${ending})`, async () => {
    const { status, body } = await lastAnswer('sync', ending);
    assert.deepEqual([status, body.errcode], [401, ending === 'lock' ? 'M_USER_LOCKED' : 'M_UNKNOWN_TOKEN']);
  });
