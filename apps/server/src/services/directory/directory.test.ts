import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Answer,
  type JsonBody,
  openServerWith,
  registerUser,
  said,
  startServer,
  type TestUser,
} from '@sotto/testing';

const { server, mira, tom } = await openServerWith(['mira', 'tom']);

const ok = [200, undefined];
const at = (roomId: string, rest: string) => `/v3/rooms/${encodeURIComponent(roomId)}/${rest}`;
const named = (alias: string) => `/v3/directory/room/${encodeURIComponent(alias)}`;
const listed = (roomId: string) => `/v3/directory/list/room/${encodeURIComponent(roomId)}`;
const create = async (body: object = {}) => (await mira.call('POST', '/v3/createRoom', body)).room_id as string;
const give = (who: TestUser, alias: string, roomId: string) =>
  who.api('PUT', named(alias), { body: { room_id: roomId } });

test('a room gets names, which lead to it and are listed', async () => {
  const room = await create();
  const alias = '#老虎Â£я🤨👉ඞ:localhost';
  assert.deepEqual(said(await give(mira, alias, room)), ok);
  assert.deepEqual((await server.api('GET', named(alias))).body, { room_id: room, servers: ['localhost'] });
  assert.deepEqual((await mira.call('GET', at(room, 'aliases'))).aliases, [alias]);
  assert.deepEqual(said(await tom.api('GET', at(room, 'aliases'))), [403, 'M_FORBIDDEN']);
  const rows: [Answer, unknown[]][] = [
    [await give(mira, alias, room), [409, 'M_UNKNOWN']],
    [await give(tom, '#other:localhost', room), [403, 'M_FORBIDDEN']],
    [await give(mira, '#x:elsewhere.example', room), [400, 'M_INVALID_PARAM']],
    [await give(mira, 'nonsense', room), [400, 'M_INVALID_PARAM']],
    [await give(mira, '#with space:localhost', room), [400, 'M_INVALID_PARAM']],
    [await mira.api('PUT', named('#x:localhost'), { body: {} }), [400, 'M_BAD_JSON']],
    [await give(mira, '#x:localhost', '!nowhere:localhost'), [403, 'M_FORBIDDEN']],
    [await mira.api('GET', named('#nothing:localhost')), [404, 'M_NOT_FOUND']],
    [await mira.api('GET', named('nothing')), [400, 'M_INVALID_PARAM']],
    [await mira.api('DELETE', named('#nothing:localhost')), [404, 'M_NOT_FOUND']],
    [await mira.api('POST', `/v3/join/${encodeURIComponent('#nothing:localhost')}`), [404, 'M_NOT_FOUND']],
  ];
  for (const [answer, expected] of rows) assert.deepEqual(said(answer), expected);
  const joined = await mira.call('POST', `/v3/join/${encodeURIComponent(alias)}`);
  assert.equal(joined.room_id, room);
});

test('names go by their giver, or by who may change the main one, and leave the state', async () => {
  const room = await create({ preset: 'public_chat', room_alias_name: 'main' });
  await tom.call('POST', at(room, 'join'), {});
  assert.deepEqual(said(await give(tom, '#toms:localhost', room)), ok);
  const content = { alias: '#main:localhost', alt_aliases: ['#toms:localhost'] };
  await mira.call('PUT', at(room, 'state/m.room.canonical_alias'), content);
  assert.deepEqual(said(await tom.api('DELETE', named('#main:localhost'))), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await tom.api('DELETE', named('#toms:localhost'))), ok, 'without power over the state');
  assert.deepEqual(await mira.call('GET', at(room, 'state/m.room.canonical_alias')), content);
  assert.deepEqual(said(await mira.api('DELETE', named('#main:localhost'))), ok);
  assert.deepEqual(await mira.call('GET', at(room, 'state/m.room.canonical_alias')), {
    alt_aliases: ['#toms:localhost'],
  });
});

test('a room calls itself only by names that lead to it', async () => {
  const room = await create();
  const other = await create({ room_alias_name: 'others' });
  await give(mira, '#own:localhost', room);
  const put = (content: object) => mira.api('PUT', at(room, 'state/m.room.canonical_alias'), { body: content });
  const rows: [object, unknown[]][] = [
    [{ alias: '#missing:localhost' }, [400, 'M_BAD_ALIAS']],
    [{ alias: '#others:localhost' }, [400, 'M_BAD_ALIAS']],
    [{ alias: '%nonsense' }, [400, 'M_INVALID_PARAM']],
    [{ alias: 5 }, [400, 'M_BAD_JSON']],
    [{ alt_aliases: ['#own:localhost', '#missing:localhost'] }, [400, 'M_BAD_ALIAS']],
    [{ alt_aliases: ['nonsense'] }, [400, 'M_INVALID_PARAM']],
    [{ alt_aliases: 'nonsense' }, [400, 'M_BAD_JSON']],
    [{ alias: '#own:localhost', alt_aliases: ['#own:localhost'] }, ok],
    [{ alias: '', alt_aliases: ['#own:localhost'] }, ok],
    [{}, ok],
  ];
  for (const [content, expected] of rows) assert.deepEqual(said(await put(content)), expected, JSON.stringify(content));
  assert.notEqual(other, room);
});

test('rooms are published and withdrawn by those who may', async () => {
  const room = await create({ preset: 'public_chat' });
  assert.deepEqual((await server.api('GET', listed(room))).body, { visibility: 'private' });
  assert.deepEqual(said(await tom.api('PUT', listed(room), { body: {} })), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await mira.api('PUT', listed(room), { body: {} })), ok);
  assert.deepEqual((await server.api('GET', listed(room))).body, { visibility: 'public' });
  assert.deepEqual(said(await mira.api('PUT', listed(room), { body: { visibility: 'x' } })), [400, 'M_BAD_JSON']);
  assert.deepEqual(said(await mira.api('PUT', listed(room), { body: { visibility: 'private' } })), ok);
  assert.deepEqual(said(await mira.api('GET', listed('!no:localhost'))), [404, 'M_NOT_FOUND']);
  assert.deepEqual(said(await mira.api('PUT', listed('!no:localhost'), { body: {} })), [404, 'M_NOT_FOUND']);
});

test('the list is paged both ways, searched, and filtered by type', async (t) => {
  const busy = await startServer();
  t.after(() => busy.stop());
  const anna = await registerUser(busy, 'anna');
  const make = async (body: object) =>
    (await anna.call('POST', '/v3/createRoom', { visibility: 'public', ...body })).room_id as string;
  const rooms: string[] = [];
  for (let index = 0; index < 5; index++) rooms.push(await make({ name: `Room ${index}`, topic: 'Tést wombles' }));
  const space = await make({ creation_content: { type: 'm.space' }, room_alias_name: 'overview' });
  await make({ preset: 'private_chat', name: 'No way in' });
  const deserted = await make({ name: 'Deserted' });
  await anna.call('POST', at(deserted, 'leave'), {});
  const ids = (body: JsonBody) => body.chunk.map((each: { room_id: string }) => each.room_id);
  const all = await anna.call('GET', '/v3/publicRooms');
  assert.deepEqual(new Set(ids(all)), new Set([...rooms, space]));
  assert.deepEqual([all.next_batch, all.prev_batch], [undefined, undefined]);
  const first = await anna.call('GET', '/v3/publicRooms?limit=2');
  const second = await anna.call('GET', `/v3/publicRooms?limit=2&since=${first.next_batch}`);
  const third = await anna.call('GET', `/v3/publicRooms?limit=2&since=${second.next_batch}`);
  assert.deepEqual([...ids(first), ...ids(second), ...ids(third)], ids(all));
  assert.deepEqual([first.prev_batch, third.next_batch], [undefined, undefined]);
  const back = await anna.call('GET', `/v3/publicRooms?limit=2&since=${third.prev_batch}`);
  assert.deepEqual([ids(back), back.next_batch], [ids(second), second.next_batch]);
  const start = await anna.call('GET', `/v3/publicRooms?limit=2&since=${back.prev_batch}`);
  assert.deepEqual([ids(start), start.prev_batch], [ids(first), undefined]);
  const search = async (filter: object) => ids(await anna.call('POST', '/v3/publicRooms', { filter }));
  assert.equal((await search({ generic_search_term: 'TÉST' })).length, 5);
  assert.deepEqual(await search({ generic_search_term: 'room 3' }), [rooms[3]]);
  assert.deepEqual(await search({ generic_search_term: '#overview' }), [space]);
  assert.deepEqual(await search({ room_types: ['m.space'] }), [space]);
  assert.equal((await search({ room_types: [null] })).length, 5);
  assert.equal((await search({ room_types: [null, 'm.space'] })).length, 6);
  const entry = all.chunk.find((each: { room_id: string }) => each.room_id === space);
  assert.deepEqual(entry, {
    room_id: space,
    canonical_alias: '#overview:localhost',
    num_joined_members: 1,
    world_readable: false,
    guest_can_join: false,
    join_rule: 'public',
    room_type: 'm.space',
    room_version: '12',
  });
  assert.deepEqual(said(await busy.api('GET', '/v3/publicRooms')), [401, 'M_MISSING_TOKEN']);
  assert.deepEqual(said(await anna.api('GET', '/v3/publicRooms?since=nonsense')), [400, 'M_INVALID_PARAM']);
  assert.deepEqual(said(await anna.api('GET', '/v3/publicRooms?limit=x')), [400, 'M_INVALID_PARAM']);
  assert.deepEqual(said(await anna.api('GET', '/v3/publicRooms?server=a.example')), [404, 'M_NOT_FOUND']);
});

test('the list can be opened to everyone', async (t) => {
  const open = await startServer({ config: { publicRooms: { withoutToken: true } } });
  t.after(() => open.stop());
  const { status, body } = await open.api('GET', '/v3/publicRooms');
  assert.deepEqual([status, body], [200, { chunk: [], total_room_count_estimate: 0 }]);
});
