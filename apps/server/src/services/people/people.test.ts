import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServerWith, registerUser, said, type TestUser } from '@sotto/testing';

const { server } = await openServerWith([]);

const ok = [200, undefined];
const at = (roomId: string, rest: string) => `/v3/rooms/${encodeURIComponent(roomId)}/${rest}`;
const create = async (who: TestUser, body: object = {}) =>
  (await who.call('POST', '/v3/createRoom', body)).room_id as string;
const join = (who: TestUser, room: string) => who.call('POST', at(room, 'join'), {});
const show = (who: TestUser, field: string, value: string) =>
  who.call('PUT', `/v3/profile/${who.userId}/${field}`, { [field]: value });

test('people are found by those who may know of them, by name and id', async () => {
  const [anna, bruno, carl] = [
    await registerUser(server, 'anna.l'),
    await registerUser(server, 'bruno'),
    await registerUser(server, 'carl'),
  ];
  await show(bruno, 'displayname', 'José Ángel 100%');
  await show(bruno, 'avatar_url', 'mxc://localhost/face');
  const search = async (who: TestUser, term: string, limit?: number) =>
    who.call('POST', '/v3/user_directory/search', { search_term: term, limit });
  const ids = async (who: TestUser, term: string) =>
    (await search(who, term)).results.map((each: { user_id: string }) => each.user_id);
  assert.deepEqual(await ids(anna, 'bruno'), [], 'strangers are not shown');
  const room = await create(bruno, { invite: [anna.userId] });
  assert.deepEqual(await ids(anna, 'bruno'), [], 'an invite is not a room in common');
  await join(anna, room);
  for (const term of ['bruno', 'BRUNO', '@bruno:localhost', 'run', 'jose', 'Ángel', 'angel bruno', '0%', ' jose  '])
    assert.deepEqual(await ids(anna, term), [bruno.userId], term);
  for (const term of ['', '  ', 'nobody', '_runo', 'jose nobody', '\\'])
    assert.deepEqual(await ids(anna, term), [], term);
  assert.deepEqual((await search(anna, 'jose')).results, [
    { user_id: bruno.userId, display_name: 'José Ángel 100%', avatar_url: 'mxc://localhost/face' },
  ]);
  assert.deepEqual(await ids(bruno, 'bruno'), [], 'nobody is in a room with themselves');
  assert.deepEqual(await ids(carl, 'bruno'), []);
  const open = await create(bruno, { preset: 'public_chat' });
  assert.deepEqual(await ids(carl, 'bruno'), [bruno.userId], 'whoever is in an open room can be found');
  assert.deepEqual(await ids(bruno, 'bruno'), [bruno.userId], 'also by themselves, who see what others see');
  const rules = (content: object) => bruno.call('PUT', at(open, 'state/m.room.join_rules'), content);
  await rules({ join_rule: 'invite' });
  assert.deepEqual(await ids(carl, 'bruno'), []);
  await bruno.call('PUT', at(open, 'state/m.room.history_visibility'), { history_visibility: 'world_readable' });
  assert.deepEqual(await ids(carl, 'bruno'), [bruno.userId]);
  await bruno.call('POST', at(open, 'leave'), {});
  assert.deepEqual(await ids(carl, 'bruno'), []);
  const member = at(room, `state/m.room.member/${encodeURIComponent(bruno.userId)}`);
  await bruno.call('PUT', member, { membership: 'join', displayname: 'Only here' });
  assert.deepEqual(await ids(anna, 'only here'), [], 'a name of one room is not a name for all');
  await bruno.call('DELETE', `/v3/profile/${bruno.userId}/displayname`);
  assert.deepEqual(await ids(anna, 'jose'), []);
  const bad = [{}, { search_term: 5 }, { search_term: 'x', limit: -1 }, { search_term: 'x', limit: 'many' }];
  for (const body of bad)
    assert.deepEqual(said(await anna.api('POST', '/v3/user_directory/search', { body })), [400, 'M_BAD_JSON']);
});

test('better matches come first, and it is said when there are more', async () => {
  const me = await registerUser(server, 'seeker');
  const others: TestUser[] = [];
  for (const name of ['zoe', 'zoe2', 'xzoex', 'anton']) others.push(await registerUser(server, name));
  await show(others[3] as TestUser, 'displayname', 'Big Zoe');
  const room = await create(me, { preset: 'public_chat' });
  for (const other of others) await join(other, room);
  const search = (limit: number) => me.call('POST', '/v3/user_directory/search', { search_term: 'zoe', limit });
  const { results, limited } = await search(10);
  const names = results.map((each: { user_id: string }) => each.user_id.split(':')[0]);
  assert.deepEqual([names, limited], [['@zoe', '@zoe2', '@anton', '@xzoex'], false]);
  const few = await search(2);
  assert.deepEqual([few.results.length, few.limited], [2, true]);
});

test('rooms in common are listed', async () => {
  const [anna, bruno] = [await registerUser(server, 'mutual1'), await registerUser(server, 'mutual2')];
  const both = [await create(anna, { preset: 'public_chat' }), await create(anna, { preset: 'public_chat' })];
  for (const room of both) await join(bruno, room);
  await create(anna, { invite: [bruno.userId] });
  const ask = (query: string, path = '/v1/mutual_rooms') => anna.api('GET', `${path}${query}`);
  const of = (userId: string) => `?user_id=${encodeURIComponent(userId)}`;
  for (const path of ['/v1/mutual_rooms', '/unstable/uk.half-shot.msc2666/user/mutual_rooms'])
    assert.deepEqual((await ask(of(bruno.userId), path)).body, { joined: both.toSorted(), count: 2 });
  assert.deepEqual((await ask(of('@nobody:localhost'))).body, { joined: [], count: 0 });
  for (const query of [of(anna.userId), of('nonsense'), `${of(bruno.userId)}&from=x`])
    assert.deepEqual(said(await ask(query)), [400, 'M_INVALID_PARAM'], query);
  assert.deepEqual(said(await ask('')), [400, 'M_MISSING_PARAM']);
});

test('events, rooms and people are reported by those who may', async () => {
  const [anna, bruno] = [await registerUser(server, 'reporter'), await registerUser(server, 'other')];
  const room = await create(anna);
  const { event_id: event } = await anna.call('PUT', at(room, 'send/m.room.message/1'), { body: 'x' });
  const report = (who: TestUser, path: string, body: object) => who.api('POST', path, { body });
  const ofEvent = at(room, `report/${encodeURIComponent(event)}`);
  const rows: [TestUser, string, object, unknown[]][] = [
    [anna, ofEvent, { reason: 'Sad', score: -100 }, ok],
    [anna, ofEvent, {}, ok],
    [bruno, ofEvent, {}, [404, 'M_NOT_FOUND']],
    [anna, at(room, 'report/%24nothing'), {}, [404, 'M_NOT_FOUND']],
    [anna, ofEvent, { reason: 5 }, [400, 'M_BAD_JSON']],
    [anna, ofEvent, { score: 'bad' }, [400, 'M_BAD_JSON']],
    [anna, ofEvent, { score: 1 }, [400, 'M_BAD_JSON']],
    [bruno, at(room, 'report'), { reason: '' }, ok],
    [bruno, at(room, 'report'), {}, [400, 'M_BAD_JSON']],
    [bruno, at('!no:localhost', 'report'), { reason: '' }, [404, 'M_NOT_FOUND']],
    [bruno, `/v3/users/${anna.userId}/report`, { reason: 'Spam' }, ok],
    [bruno, '/v3/users/@nobody:localhost/report', { reason: '' }, [404, 'M_NOT_FOUND']],
    [bruno, `/unstable/org.matrix.msc4260/users/${anna.userId}/report`, { reason: 5 }, [400, 'M_BAD_JSON']],
  ];
  for (const [who, path, body, expected] of rows)
    assert.deepEqual(said(await report(who, path, body)), expected, `${path} ${JSON.stringify(body)}`);
});
