import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServerWith, said, type TestUser, until } from '@sotto/testing';

const { mira, tom, eve } = await openServerWith(['mira', 'tom', 'eve']);

const at = (roomId: string, rest: string) => `/v3/rooms/${encodeURIComponent(roomId)}/${rest}`;
const create = async (body: object = {}) => (await mira.call('POST', '/v3/createRoom', body)).room_id as string;
const state = (roomId: string, type: string, who = mira) => who.call('GET', at(roomId, `state/${type}`));
const set = (roomId: string, type: string, content: object) => mira.call('PUT', at(roomId, `state/${type}`), content);
const upgrade = (who: TestUser, room: string, body: object) => who.api('POST', at(room, 'upgrade'), { body });
async function upgraded(room: string, body: object, who = mira): Promise<string> {
  const answer = await upgrade(who, room, body);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.replacement_room;
}
const membershipOf = async (room: string, who: TestUser) =>
  (await mira.call('GET', at(room, 'members'))).chunk.find(
    (each: { state_key: string }) => each.state_key === who.userId,
  )?.content;

test('the successor has the settings, names, bans and members of the room', async () => {
  for (const [from, to] of [
    ['10', '11'],
    ['11', '12'],
    ['12', '12'],
    ['12', '11'],
  ] as const) {
    const alias = `house${from}to${to}`;
    const old = await create({
      room_version: from,
      name: 'House',
      topic: 'Ours',
      visibility: 'public',
      preset: 'private_chat',
      room_alias_name: alias,
      invite: [tom.userId],
      creation_content: { type: 'org.example.house' },
      initial_state: [
        { type: 'm.room.join_rules', content: { join_rule: 'invite' } },
        { type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
        { type: 'm.room.server_acl', content: { allow: ['*'] } },
        { type: 'org.example.private', content: { of: 'the sender' } },
        { type: 'm.room.member', state_key: '@spam:elsewhere.example', content: { membership: 'ban', reason: 'Spam' } },
      ],
    });
    await tom.call('POST', at(old, 'join'), {});
    const display = { membership: 'join', displayname: 'Tom of the house' };
    await tom.call('PUT', at(old, `state/m.room.member/${encodeURIComponent(tom.userId)}`), display);
    await mira.call('POST', at(old, 'invite'), { user_id: eve.userId });
    const room = await upgraded(old, { new_version: to });
    const created = await state(room, 'm.room.create');
    assert.deepEqual([created.room_version, created.type, created.predecessor.room_id], [to, 'org.example.house', old]);
    const tombstone = await mira.call('GET', at(old, 'state/m.room.tombstone?format=event'));
    assert.equal(created.predecessor.event_id, to === '12' ? undefined : tombstone.event_id);
    assert.deepEqual(tombstone.content, { body: 'This room has been replaced', replacement_room: room });
    for (const type of [
      'name',
      'topic',
      'join_rules',
      'encryption',
      'server_acl',
      'history_visibility',
      'guest_access',
    ])
      assert.deepEqual(await state(room, `m.room.${type}`), await state(old, `m.room.${type}`), type);
    assert.deepEqual(said(await mira.api('GET', at(room, 'state/org.example.private'))), [404, 'M_NOT_FOUND']);
    assert.equal((await membershipOf(room, tom)).displayname, 'Tom of the house');
    assert.equal((await membershipOf(room, tom)).membership, 'join');
    assert.equal((await membershipOf(room, eve)).membership, 'invite');
    const banned = await state(room, `m.room.member/${encodeURIComponent('@spam:elsewhere.example')}`);
    assert.deepEqual(banned, { membership: 'ban', reason: 'Spam' });
    const found = await mira.call('GET', `/v3/directory/room/${encodeURIComponent(`#${alias}:localhost`)}`);
    assert.equal(found.room_id, room);
    assert.deepEqual(await state(room, 'm.room.canonical_alias'), { alias: `#${alias}:localhost` });
    assert.deepEqual(await state(old, 'm.room.canonical_alias'), {});
    const listed = async (id: string) =>
      (await mira.call('GET', `/v3/directory/list/room/${encodeURIComponent(id)}`)).visibility;
    assert.deepEqual([await listed(old), await listed(room)], ['private', 'public']);
    const left = await state(old, 'm.room.power_levels');
    assert.deepEqual([left.events_default, left.invite], [50, 50]);
    const refused = await tom.api('PUT', at(old, 'send/m.room.message/1'), { body: { body: 'x' } });
    assert.deepEqual(said(refused), [403, 'M_FORBIDDEN']);
    assert.equal((await tom.api('PUT', at(room, 'send/m.room.message/1'), { body: { body: 'x' } })).status, 200);
    assert.equal((await mira.api('PUT', at(room, 'state/m.room.name'), { body: { name: 'New' } })).status, 200);
  }
});

test('levels go over, without those who become creators', async () => {
  const rows: [string, string, Record<string, number>, TestUser, TestUser[], Record<string, number>][] = [
    ['11', '12', { mira: 100, tom: 100 }, tom, [], { mira: 100 }],
    ['11', '12', { mira: 100, tom: 100, eve: 50 }, mira, [tom], { eve: 50 }],
    ['12', '12', { tom: 150, eve: 50 }, tom, [eve], {}],
    ['11', '11', { mira: 100, tom: 100, eve: 1 }, tom, [eve], { mira: 100, tom: 100, eve: 1 }],
    ['12', '11', { tom: 60 }, mira, [], { mira: 150, tom: 60 }],
  ];
  const ids = (levels: Record<string, number>) =>
    Object.fromEntries(Object.entries(levels).map(([name, level]) => [`@${name}:localhost`, level]));
  for (const [from, to, users, who, additional, expected] of rows) {
    const old = await create({ preset: 'public_chat', room_version: from });
    for (const each of [tom, eve]) await each.call('POST', at(old, 'join'), {});
    await set(old, 'm.room.power_levels', { ...(await state(old, 'm.room.power_levels')), users: ids(users) });
    const creators = additional.map((each) => each.userId);
    const room = await upgraded(old, { new_version: to, additional_creators: creators }, who);
    const created = await state(room, 'm.room.create', who);
    assert.deepEqual(created.additional_creators ?? [], to === '12' ? creators : []);
    const levels = await state(room, 'm.room.power_levels', who);
    assert.deepEqual(levels.users, ids(expected), `${from} to ${to}`);
    if (to === '12') assert.ok(levels.events['m.room.tombstone'] > levels.state_default);
  }
});

test('an upgrader whose levels would not do sets the room up all the same', async () => {
  const old = await create({ room_version: '11', preset: 'public_chat' });
  await tom.call('POST', at(old, 'join'), {});
  const levels = { users: { [mira.userId]: 100, [tom.userId]: 10 }, events: { 'm.room.tombstone': 10 } };
  await set(old, 'm.room.power_levels', levels);
  const room = await upgraded(old, { new_version: '11' }, tom);
  assert.deepEqual(await state(room, 'm.room.power_levels'), levels);
});

test('who may not, or wants what is not, is refused, and nothing is made', async () => {
  const old = await create({ preset: 'public_chat' });
  await tom.call('POST', at(old, 'join'), {});
  const rows: [TestUser, string, object, unknown[]][] = [
    [tom, old, { new_version: '12' }, [403, 'M_FORBIDDEN']],
    [eve, old, { new_version: '12' }, [403, 'M_FORBIDDEN']],
    [mira, old, { new_version: '1' }, [400, 'M_UNSUPPORTED_ROOM_VERSION']],
    [mira, old, {}, [400, 'M_MISSING_PARAM']],
    [mira, old, { new_version: 12 }, [400, 'M_BAD_JSON']],
    [mira, old, { new_version: '12', additional_creators: 'x' }, [400, 'M_BAD_JSON']],
    [mira, old, { new_version: '12', additional_creators: ['x'] }, [400, 'M_INVALID_PARAM']],
    [mira, '!nowhere:localhost', { new_version: '12' }, [404, 'M_NOT_FOUND']],
  ];
  for (const [who, room, body, expected] of rows)
    assert.deepEqual(said(await upgrade(who, room, body)), expected, JSON.stringify(body));
  assert.deepEqual(said(await mira.api('GET', at(old, 'state/m.room.tombstone'))), [404, 'M_NOT_FOUND']);
});

test('a room is not replaced by itself', async () => {
  const room = await create();
  const body = { body: 'Follow me', replacement_room: room };
  const answer = await mira.api('PUT', at(room, 'state/m.room.tombstone'), { body });
  assert.deepEqual(said(answer), [400, 'M_INVALID_PARAM']);
});

test('spaces hold the successor, and a space that is upgraded keeps its rooms', async () => {
  const space = await create({ creation_content: { type: 'm.space' } });
  const foreign = (await tom.call('POST', '/v3/createRoom', { creation_content: { type: 'm.space' } })).room_id;
  const old = await create();
  const link = { via: ['localhost'], suggested: true };
  await set(space, `m.space.child/${encodeURIComponent(old)}`, link);
  await set(space, `m.space.child/${encodeURIComponent('!gone:localhost')}`, {});
  await tom.call('PUT', at(foreign, `state/m.space.child/${encodeURIComponent(old)}`), link);
  await set(old, `m.space.parent/${encodeURIComponent(space)}`, { via: ['localhost'] });
  const room = await upgraded(old, { new_version: '12' });
  assert.deepEqual(await state(space, `m.space.child/${encodeURIComponent(room)}`), link);
  assert.deepEqual(await state(space, `m.space.child/${encodeURIComponent(old)}`), {});
  assert.deepEqual(await state(foreign, `m.space.child/${encodeURIComponent(old)}`, tom), link);
  assert.deepEqual(await state(room, `m.space.parent/${encodeURIComponent(space)}`), { via: ['localhost'] });
  const newSpace = await upgraded(space, { new_version: '12' });
  assert.deepEqual(await state(newSpace, `m.space.child/${encodeURIComponent(room)}`), link);
  for (const gone of [old, '!gone:localhost']) {
    const answer = await mira.api('GET', at(newSpace, `state/m.space.child/${encodeURIComponent(gone)}`));
    assert.deepEqual(said(answer), [404, 'M_NOT_FOUND']);
  }
});

test('encryption ends or begins with a successor only', async () => {
  const old = await create({
    initial_state: [{ type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } }],
  });
  const clear = await upgraded(old, { new_version: '12', 'org.sotto.encrypted': false });
  assert.deepEqual(said(await mira.api('GET', at(clear, 'state/m.room.encryption'))), [404, 'M_NOT_FOUND']);
  const again = await upgraded(clear, { new_version: '12', 'org.sotto.encrypted': true });
  assert.equal((await state(again, 'm.room.encryption')).algorithm, 'm.megolm.v1.aes-sha2');
});

test("a person's own settings for the room come along, also when people upgrade by hand", async () => {
  const rules = (who: TestUser) => who.call('GET', '/v3/pushrules/global/room');
  const ruled = async (who: TestUser) => (await rules(who)).map((rule: { rule_id: string }) => rule.rule_id);
  const data = (who: TestUser, rest: string) => `/v3/user/${encodeURIComponent(who.userId)}/${rest}`;
  const tag = (room: string) => data(tom, `rooms/${encodeURIComponent(room)}/account_data/m.tag`);
  const prepare = async () => {
    const old = await create({ preset: 'public_chat' });
    await tom.call('POST', at(old, 'join'), {});
    await tom.call('PUT', `/v3/pushrules/global/room/${encodeURIComponent(old)}`, { actions: [] });
    await tom.call('PUT', tag(old), { tags: { 'm.favourite': {} } });
    await tom.call('PUT', data(tom, 'account_data/m.direct'), { [mira.userId]: [old] });
    return old;
  };
  const check = async (old: string, room: string) => {
    assert.ok((await ruled(tom)).includes(old) && (await ruled(tom)).includes(room));
    assert.deepEqual(await tom.call('GET', tag(room)), { tags: { 'm.favourite': {} } });
    assert.deepEqual((await tom.call('GET', data(tom, 'account_data/m.direct')))[mira.userId], [old, room]);
  };
  const first = await prepare();
  await check(first, await upgraded(first, { new_version: '11' }));

  const second = await prepare();
  const byHand = await create({ preset: 'public_chat', creation_content: { predecessor: { room_id: second } } });
  const third = await create({ preset: 'public_chat', creation_content: { predecessor: { room_id: second } } });
  await tom.call('POST', at(byHand, 'join'), {});
  await tom.call('POST', at(third, 'join'), {});
  assert.ok(!(await ruled(tom)).includes(byHand), 'a room can not call itself a successor');
  await set(second, 'm.room.tombstone', { body: 'x', replacement_room: byHand });
  await check(second, byHand);
  assert.ok(!(await ruled(tom)).includes(third));
});

test('a large room moves in portions', async () => {
  const old = await create({ preset: 'public_chat' });
  const people: string[] = [];
  for (let index = 0; index < 230; index++) people.push(`@p${index}:localhost`);
  for (const userId of people) await mira.call('POST', at(old, 'invite'), { user_id: userId });
  const room = await upgraded(old, { new_version: '12' });
  await until(
    async () => (await mira.call('GET', at(room, 'members?membership=invite'))).chunk.length === people.length,
    { what: 'everyone is invited' },
  );
});
