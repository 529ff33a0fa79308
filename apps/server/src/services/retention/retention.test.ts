import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type JsonBody, registerUser, startServer, type TestUser, until } from '@sotto/testing';
import { lifetimeOf } from './policy.ts';

const at = (room: string, rest: string) => `/v3/rooms/${encodeURIComponent(room)}/${rest}`;
const texts = async (who: TestUser, room: string): Promise<string[]> =>
  (await who.call('GET', at(room, 'messages?dir=f&limit=1000'))).chunk
    .filter((event: JsonBody) => event.type === 'm.room.message')
    .map((event: JsonBody) => event.content.body);
const say = (who: TestUser, room: string, body: string) =>
  who.call('PUT', at(room, `send/m.room.message/${encodeURIComponent(body)}`), { msgtype: 'm.text', body });

test('what a room says of its messages is done, and state stays', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const mira = await registerUser(server, 'mira');
  const room = (await mira.call('POST', '/v3/createRoom', { name: 'Brief', preset: 'public_chat' })).room_id;
  const other = (await mira.call('POST', '/v3/createRoom', {})).room_id;
  const { event_id: first } = await say(mira, room, 'old');
  for (let index = 0; index < 250; index++) await say(mira, room, `old ${index}`);
  await say(mira, other, 'kept');
  assert.equal((await texts(mira, room)).length, 251);
  const wrong = await mira.api('PUT', at(room, 'state/m.room.retention'), { body: { max_lifetime: 'short' } });
  assert.deepEqual([wrong.status, wrong.body.errcode], [400, 'M_BAD_JSON']);
  await mira.call('PUT', at(room, 'state/m.room.retention'), { max_lifetime: 700 });
  await until(async () => (await texts(mira, room)).length === 0, { what: 'what was there expires' });
  const gone = await mira.api('GET', at(room, `event/${encodeURIComponent(first)}`));
  assert.deepEqual([gone.status, gone.body.errcode], [404, 'M_NOT_FOUND']);
  assert.equal((await mira.call('GET', at(room, 'state/m.room.name'))).name, 'Brief');
  assert.ok((await say(mira, room, 'new')).event_id);
  await until(async () => (await texts(mira, room)).length === 0, { what: 'what is new expires too' });
  assert.deepEqual(await texts(mira, other), ['kept']);
  await mira.call('PUT', at(room, 'state/m.room.retention'), {});
  await say(mira, room, 'stays');
  const tom = await registerUser(server, 'tom');
  await tom.call('POST', at(room, 'join'), {});
  const { rooms } = await tom.call('GET', '/v3/sync');
  const shown = rooms.join[room].timeline.events.map((event: JsonBody) => event.content.body ?? event.type);
  assert.ok(shown.includes('stays') && !shown.includes('old 249'));
});

test('what expired while the server was down is gone when it answers; the default holds where a room is silent', async (t) => {
  const server = await startServer({ config: { retention: { maxLifetimeDays: 30 } } });
  t.after(() => server.stop());
  const mira = await registerUser(server, 'mira');
  const told = await mira.call('GET', '/unstable/org.matrix.msc1763/retention/configuration');
  assert.deepEqual(told, { policies: { '*': { max_lifetime: 30 * 86_400_000 } }, limits: {} });
  const create = async (body: object = {}) => (await mira.call('POST', '/v3/createRoom', body)).room_id as string;
  const keeps = (days: number) => [{ type: 'm.room.retention', content: { max_lifetime: days * 86_400_000 } }];
  const [brief, silent, long] = [
    await create({ initial_state: keeps(1) }),
    await create(),
    await create({ initial_state: keeps(365) }),
  ];
  for (const room of [brief, silent, long]) await say(mira, room, 'aged');
  await server.terminate();
  const database = new DatabaseSync(join(server.dataDir, 'sotto.db'));
  database.exec(`UPDATE events SET origin_server_ts = origin_server_ts - 40 * 86400000 WHERE type = 'm.room.message'`);
  database.close();
  await server.restart();
  assert.deepEqual(await texts(mira, brief), []);
  await until(async () => (await texts(mira, silent)).length === 0, { what: 'the default is kept to' });
  assert.deepEqual(await texts(mira, long), ['aged']);
});

test('lifetimes: the room before the server, at least before at most, nonsense not at all', () => {
  const rows: [object | undefined, number | undefined, number | undefined][] = [
    [undefined, undefined, undefined],
    [undefined, 5, 5],
    [{}, 5, 5],
    [{ max_lifetime: 3 }, 5, 3],
    [{ max_lifetime: 9 }, undefined, 9],
    [{ min_lifetime: 7 }, 5, 7],
    [{ min_lifetime: 7, max_lifetime: 3 }, 5, 7],
    [{ min_lifetime: 7 }, undefined, undefined],
    [{ max_lifetime: '3' }, 5, 5],
    [{ max_lifetime: -1 }, 5, 5],
  ];
  for (const [content, defaultMs, expected] of rows)
    assert.equal(lifetimeOf(content as never, defaultMs), expected, JSON.stringify(content));
});
