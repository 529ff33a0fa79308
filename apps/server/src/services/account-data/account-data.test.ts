import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, type JsonBody, openServerWith, said } from '@sotto/testing';

const { mira, tom } = await openServerWith(['mira', 'tom']);
const room: string = (await mira.call('POST', '/v3/createRoom', {})).room_id;

const ok = [200, undefined];
const place = (rest: string, who = mira) => `/v3/user/${who.userId}/${rest}`;
const inRoom = (rest: string) => place(`rooms/${encodeURIComponent(room)}/${rest}`);
const global = 'account_data/org.example.test';
const find = (events: JsonBody, type: string) => events?.find((each: { type: string }) => each.type === type);

test('data is taken away by DELETE or by nothing, told once, and then gone', async () => {
  const places: [string, (sync: JsonBody) => JsonBody][] = [
    [place(global), (sync) => sync.account_data.events],
    [inRoom(global), (sync) => sync.rooms?.join?.[room]?.account_data.events],
  ];
  for (const [path, eventsOf] of places) {
    for (const way of ['DELETE', 'PUT']) {
      await mira.call('PUT', path, { kept: 1 });
      const before = await mira.call('GET', '/v3/sync');
      assert.deepEqual(find(eventsOf(before), 'org.example.test').content, { kept: 1 });
      if (way === 'DELETE') await mira.call('DELETE', path.replace('/v3', '/unstable/org.matrix.msc3391'));
      else await mira.call('PUT', path, {});
      assert.deepEqual(said(await mira.api('GET', path)), [404, 'M_NOT_FOUND']);
      const news = await mira.call('GET', `/v3/sync?since=${before.next_batch}`);
      assert.deepEqual(find(eventsOf(news), 'org.example.test').content, {});
      assert.equal(find(eventsOf(await mira.call('GET', '/v3/sync')), 'org.example.test'), undefined);
    }
  }
});

test('data is the person’s own, and what has its own endpoint stays there', async () => {
  const stolen = place(global).replace('/v3', '/unstable/org.matrix.msc3391');
  const rows: [Answer, unknown[]][] = [
    [await tom.api('GET', place(global)), [403, 'M_FORBIDDEN']],
    [await tom.api('PUT', place(global), { body: {} }), [403, 'M_FORBIDDEN']],
    [await tom.api('DELETE', stolen), [403, 'M_FORBIDDEN']],
    [await mira.api('PUT', place(global), { body: [] }), [400, 'M_BAD_JSON']],
    [await mira.api('PUT', place('account_data/m.push_rules'), { body: {} }), [405, 'M_BAD_JSON']],
    [await mira.api('PUT', inRoom('account_data/m.fully_read'), { body: {} }), [405, 'M_BAD_JSON']],
    [await mira.api('PUT', place('rooms/nonsense/account_data/x'), { body: {} }), [400, 'M_INVALID_PARAM']],
    [await mira.api('GET', place('account_data/never')), [404, 'M_NOT_FOUND']],
  ];
  for (const [index, [answer, expected]] of rows.entries()) assert.deepEqual(said(answer), expected, `row ${index}`);
});

test('tags are put on a room, told to other devices, and taken off', async () => {
  const tags = async () => (await mira.call('GET', inRoom('tags'))).tags;
  assert.deepEqual(await tags(), {});
  const { next_batch: since } = await mira.call('GET', '/v3/sync');
  await mira.call('PUT', inRoom('tags/m.favourite'), { order: 0.25 });
  await mira.call('PUT', inRoom('tags/u.W%20%26%20V'), {});
  assert.deepEqual(await tags(), { 'm.favourite': { order: 0.25 }, 'u.W & V': {} });
  const news = await mira.call('GET', `/v3/sync?since=${since}`);
  const told = find(news.rooms.join[room].account_data.events, 'm.tag');
  assert.deepEqual(told.content, { tags: await tags() });
  for (let times = 0; times < 2; times++)
    assert.deepEqual(said(await mira.api('DELETE', inRoom('tags/m.favourite'))), ok);
  assert.deepEqual(await tags(), { 'u.W & V': {} });
  const rows: [Answer, unknown[]][] = [
    [await tom.api('GET', inRoom('tags')), [403, 'M_FORBIDDEN']],
    [await tom.api('PUT', inRoom('tags/x'), { body: {} }), [403, 'M_FORBIDDEN']],
    [await mira.api('PUT', inRoom('tags/x'), { body: { order: 'first' } }), [400, 'M_BAD_JSON']],
    [await mira.api('PUT', inRoom(`tags/${'x'.repeat(256)}`), { body: {} }), [400, 'M_INVALID_PARAM']],
    [await mira.api('GET', place('rooms/nonsense/tags')), [400, 'M_INVALID_PARAM']],
  ];
  for (const [index, [answer, expected]] of rows.entries()) assert.deepEqual(said(answer), expected, `row ${index}`);
});
