import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Answer,
  createTestRoom,
  type JsonBody,
  openServerWith,
  registerUser,
  said,
  type TestUser,
  until,
} from '@sotto/testing';

const { server, mira, tom } = await openServerWith(['mira', 'tom']);
const { roomId: room, join } = await createTestRoom(mira);
await join(tom);

const status = (who: TestUser) => `/v3/presence/${encodeURIComponent(who.userId)}/status`;
const of = (sync: JsonBody, who: TestUser) =>
  sync.presence.events.find((event: { sender: string }) => event.sender === who.userId)?.content;

test('what people say of themselves reaches those who share a room with them, at once', async () => {
  const { next_batch: since } = await tom.call('GET', '/v3/sync?set_presence=offline');
  const poll = tom.call('GET', `/v3/sync?since=${since}&timeout=55000&set_presence=offline`);
  await mira.call('PUT', status(mira), { presence: 'online', status_msg: 'At the desk' });
  const first = of(await poll, mira);
  assert.equal(typeof first.last_active_ago, 'number');
  assert.deepEqual(
    { ...first, last_active_ago: 0 },
    {
      presence: 'online',
      status_msg: 'At the desk',
      currently_active: true,
      last_active_ago: 0,
      displayname: 'mira',
    },
  );
  assert.equal((await tom.call('GET', status(mira))).status_msg, 'At the desk');
  const { next_batch: later } = await tom.call('GET', '/v3/sync?set_presence=offline');
  await mira.call('PUT', status(mira), { presence: 'unavailable' });
  const news = await tom.call('GET', `/v3/sync?since=${later}&set_presence=offline`);
  const { presence, status_msg, currently_active } = of(news, mira);
  assert.deepEqual([presence, status_msg, currently_active], ['unavailable', undefined, undefined]);
  const own = await mira.call('GET', `/v3/sync?since=${later}&set_presence=offline`);
  assert.equal(of(own, mira).presence, 'unavailable', 'their other devices hear of it too');
  await mira.call('PUT', status(mira), { presence: 'offline' });
});

test('polls make people seem there, unless they do not want to', async () => {
  const anna = await registerUser(server, 'anna');
  await anna.call('POST', `/v3/rooms/${encodeURIComponent(room)}/join`, {});
  const { next_batch: since } = await tom.call('GET', '/v3/sync?set_presence=offline');
  await anna.call('GET', '/v3/sync?set_presence=offline');
  assert.equal((await tom.call('GET', status(anna))).presence, 'offline');
  await anna.call('GET', '/v3/sync?set_presence=unavailable');
  const heard = await until(async () =>
    of(await tom.call('GET', `/v3/sync?since=${since}&set_presence=offline`), anna),
  );
  assert.equal(heard.presence, 'unavailable');
  const { next_batch: next } = await anna.call('GET', '/v3/sync');
  assert.equal((await tom.call('GET', status(anna))).presence, 'online');
  const quiet = await anna.call('GET', `/v3/sync?since=${next}&timeout=600`);
  assert.equal(of(quiet, anna), undefined, 'a poll is not answered with the news that it began');
  const fresh = await anna.call('GET', '/v3/sync');
  assert.equal(of(fresh, anna).presence, 'online', 'but a first answer has all');
});

test('whoever comes into a room learns who is there, and is seen', async () => {
  const [bruno, carl] = [await registerUser(server, 'bruno'), await registerUser(server, 'carl')];
  const { room_id: other } = await bruno.call('POST', '/v3/createRoom', { preset: 'public_chat' });
  await bruno.call('PUT', status(bruno), { presence: 'online' });
  await carl.call('PUT', status(carl), { presence: 'online' });
  const before = await carl.call('GET', '/v3/sync');
  assert.equal(of(before, bruno), undefined, 'strangers are not shown');
  assert.deepEqual(said(await carl.api('GET', status(bruno))), [403, 'M_FORBIDDEN']);
  const { next_batch: since } = await bruno.call('GET', '/v3/sync');
  await carl.call('POST', `/v3/rooms/${encodeURIComponent(other)}/join`, {});
  const news = await carl.call('GET', `/v3/sync?since=${before.next_batch}`);
  assert.equal(of(news, bruno).presence, 'online');
  assert.equal(of(await bruno.call('GET', `/v3/sync?since=${since}`), carl).presence, 'online');
});

test('who is away is told of to those who come into a room, and of those who do', async () => {
  const [greta, hugo] = [await registerUser(server, 'greta'), await registerUser(server, 'hugo')];
  const [{ next_batch: begun }, { room_id: other }] = [
    await hugo.call('GET', '/v3/sync?set_presence=offline'),
    await greta.call('POST', '/v3/createRoom', { preset: 'public_chat' }),
  ];
  const { next_batch: since } = await greta.call('GET', '/v3/sync?set_presence=offline');
  await hugo.call('POST', `/v3/rooms/${encodeURIComponent(other)}/join`, {});
  const seen = async (who: TestUser, from: string, whom: TestUser) =>
    of(await who.call('GET', `/v3/sync?since=${from}&set_presence=offline`), whom)?.presence;
  assert.deepEqual([await seen(hugo, begun, greta), await seen(greta, since, hugo)], ['offline', 'offline']);
  const room = await hugo.call('GET', `/v3/rooms/${encodeURIComponent(other)}/initialSync`);
  assert.ok(room.presence.some((each: JsonBody) => each.content.user_id === greta.userId));
});

test('filters and the list of the ignored hold for presence too', async () => {
  await mira.call('PUT', status(mira), { presence: 'online' });
  const filter = (content: object) => encodeURIComponent(JSON.stringify({ presence: content }));
  const sees = async (query: string) => of(await tom.call('GET', `/v3/sync?set_presence=offline${query}`), mira);
  assert.equal((await sees('')).presence, 'online');
  assert.equal(await sees(`&filter=${filter({ not_senders: [mira.userId] })}`), undefined);
  assert.equal(await sees(`&filter=${filter({ types: [] })}`), undefined);
  const list = `/v3/user/${tom.userId}/account_data/m.ignored_user_list`;
  await tom.call('PUT', list, { ignored_users: { [mira.userId]: {} } });
  assert.equal(await sees(''), undefined);
  await tom.call('PUT', list, { ignored_users: {} });
});

test('bad input is refused', async () => {
  const rows: [Answer, unknown[]][] = [
    [await mira.api('PUT', status(mira), { body: {} }), [400, 'M_BAD_JSON']],
    [await mira.api('PUT', status(mira), { body: { presence: 'busy' } }), [400, 'M_BAD_JSON']],
    [await mira.api('PUT', status(mira), { body: { presence: 'online', status_msg: 5 } }), [400, 'M_BAD_JSON']],
    [await mira.api('PUT', status(tom), { body: { presence: 'online' } }), [403, 'M_FORBIDDEN']],
    [await mira.api('GET', '/v3/presence/@nobody:localhost/status'), [403, 'M_FORBIDDEN']],
    [await mira.api('GET', '/v3/sync?set_presence=busy'), [400, 'M_INVALID_PARAM']],
  ];
  for (const [index, [answer, expected]] of rows.entries()) assert.deepEqual(said(answer), expected, `row ${index}`);
});

test('a restart forgets neither what people said of themselves nor when they were there last', async () => {
  const [dora, emil] = [await registerUser(server, 'dora'), await registerUser(server, 'emil')];
  for (const each of [dora, emil]) await each.call('POST', `/v3/rooms/${encodeURIComponent(room)}/join`, {});
  const begunMs = performance.now();
  await dora.call('PUT', status(dora), { presence: 'online', status_msg: 'Back soon' });
  await emil.call('PUT', status(emil), { presence: 'online', status_msg: 'Away' });
  await emil.call('PUT', status(emil), { presence: 'offline' });
  await server.restart();
  const { last_active_ago: ago, ...shown } = await tom.call('GET', status(dora));
  assert.deepEqual(shown, { presence: 'offline', status_msg: 'Back soon' });
  assert.ok(ago > 0 && ago < performance.now() - begunMs + 1000, `${ago}`);
  const { status_msg: gone, last_active_ago: agoToo } = await tom.call('GET', status(emil));
  assert.deepEqual([gone, typeof agoToo], [undefined, 'number']);
  await dora.call('GET', '/v3/sync?set_presence=online');
  const back = await until(async () => {
    const content = await tom.call('GET', status(dora));
    return content.status_msg === undefined ? undefined : content;
  });
  assert.deepEqual([back.presence, back.status_msg], ['online', 'Back soon']);
});
