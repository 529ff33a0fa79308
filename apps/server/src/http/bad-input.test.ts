import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom, openServerWith, said } from '@sotto/testing';

const { mira, tom, eve } = await openServerWith(['mira', 'tom', 'eve']);
const room = await createTestRoom(mira, { preset: 'private_chat', invite: [tom.userId] });
await room.join(tom);
const quote = encodeURIComponent;

test('numbers of a query are whole, and written as such', async () => {
  const eventId = await room.say(mira, 'hello');
  const paths = [
    room.at('messages?dir=b&limit='),
    room.at(`context/${quote(eventId)}?limit=`),
    room.at(`relations/${quote(eventId)}?limit=`, 'v1'),
    room.at('threads?limit=', 'v1'),
    room.at('hierarchy?max_depth=', 'v1'),
    room.at('timestamp_to_event?dir=f&ts=', 'v1'),
    '/v3/sync?timeout=',
    '/v3/notifications?limit=',
    '/v3/publicRooms?limit=',
  ];
  for (const path of paths) {
    for (const value of ['', '1.5', '1e1', '0x10', 'x', '%00', '1&limit=2&timeout=2&max_depth=2&ts=2'])
      assert.deepEqual(said(await mira.api('GET', path + value)), [400, 'M_INVALID_PARAM'], path + value);
    assert.deepEqual(said(await mira.api('GET', `${path}1`)), [200, undefined], path);
  }
});

test('what a body or a query may not be is named so', async () => {
  const json = 'M_BAD_JSON';
  const param = 'M_INVALID_PARAM';
  const pusher = {
    ...{ app_id: 'a', pushkey: 'k', kind: 'http', app_display_name: 'A', device_display_name: 'D', lang: 'en' },
    data: { url: 'http://localhost:1/_matrix/push/v1/notify' },
  };
  const keys = { one_time_keys: {}, device_keys: {}, timeout: 1.5 };
  const own = `/v3/user/${mira.userId}`;
  const rows: [method: string, path: string, body: unknown, errcode: string][] = [
    ['GET', room.at('state/m.room.create?format=all'), undefined, param],
    ['POST', '/v3/pushers/set', { ...pusher, append: 'yes' }, param],
    ['POST', room.at('join'), { third_party_signed: [] }, json],
    ['POST', `/v3/join/${quote(room.roomId)}`, { third_party_signed: 'x' }, json],
    ['POST', `${own}/openid/request_token`, [], json],
    ['POST', `${own}/openid/request_token`, '{', 'M_NOT_JSON'],
    ['POST', '/v3/keys/query', keys, json],
    ['POST', '/v3/keys/claim', keys, json],
    ['PUT', `${own}/account_data/${'x'.repeat(256)}`, {}, param],
    ['PUT', `${own}/rooms/${quote(room.roomId)}/account_data/${'x'.repeat(256)}`, {}, param],
  ];
  for (const [method, path, body, errcode] of rows)
    assert.deepEqual(said(await mira.api(method, path, { body })), [400, errcode], `${method} ${path}`);
});

test('a search takes words of any length, and any number of them', async () => {
  for (const text of [
    'x'.repeat(70_000),
    'x '.repeat(30_000),
    '%'.repeat(60_000),
    '\u{1f4a9}'.repeat(20_000),
    '"'.repeat(60_000),
  ]) {
    const everywhere: [path: string, body: object][] = [
      ['/v3/user_directory/search', { search_term: text }],
      ['/v3/search', { search_categories: { room_events: { search_term: text } } }],
      ['/v3/publicRooms', { filter: { generic_search_term: text } }],
      [
        '/unstable/org.matrix.simplified_msc3575/sync',
        {
          lists: { a: { ranges: [[0, 1]], required_state: [], timeline_limit: 1, filters: { room_name_like: text } } },
        },
      ],
    ];
    for (const [path, body] of everywhere)
      assert.equal((await mira.api('POST', path, { body })).status, 200, `${path} ${text.slice(0, 3)}`);
  }
});

test('whoever is not in a room does not learn by kick or unban who is in it, or banned from it', async () => {
  await mira.call('POST', room.at('ban'), { user_id: '@gone:localhost' });
  for (const verb of ['kick', 'unban']) {
    const answers = new Set<string>();
    for (const user_id of [mira.userId, tom.userId, eve.userId, '@gone:localhost', '@nobody:localhost'])
      answers.add(JSON.stringify((await eve.api('POST', room.at(verb), { body: { user_id } })).body));
    assert.deepEqual([...answers], ['{"errcode":"M_FORBIDDEN","error":"You are not in this room."}'], verb);
  }
});
