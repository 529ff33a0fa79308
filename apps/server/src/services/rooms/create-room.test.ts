import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonBody, openServerWith } from '@sotto/testing';

const { mira, tom } = await openServerWith(['mira', 'tom']);

async function create(body: object): Promise<string> {
  return (await mira.call('POST', '/v3/createRoom', body)).room_id;
}
const state = (roomId: string, type: string): Promise<JsonBody> =>
  mira.call('GET', `/v3/rooms/${encodeURIComponent(roomId)}/state/${type}`);

test('each preset sets its state', async () => {
  const rows: [object, string, string, number][] = [
    [{}, 'invite', 'can_join', 0],
    [{ visibility: 'public' }, 'public', 'forbidden', 50],
    [{ visibility: 'public', preset: 'private_chat' }, 'invite', 'can_join', 0],
    [{ preset: 'public_chat' }, 'public', 'forbidden', 50],
    [{ preset: 'trusted_private_chat' }, 'invite', 'can_join', 0],
  ];
  for (const [body, joinRule, guestAccess, invite] of rows) {
    const room = await create(body);
    assert.equal((await state(room, 'm.room.join_rules')).join_rule, joinRule, JSON.stringify(body));
    assert.equal((await state(room, 'm.room.guest_access')).guest_access, guestAccess);
    assert.equal((await state(room, 'm.room.history_visibility')).history_visibility, 'shared');
    assert.equal((await state(room, 'm.room.power_levels')).invite, invite);
  }
});

test('the room versions differ in who is above whom', async () => {
  for (const version of ['10', '11', 'org.matrix.msc3757.10', 'org.matrix.msc3757.11']) {
    const room = await create({ room_version: version, preset: 'trusted_private_chat', invite: [tom.userId] });
    assert.match(room, /^![^:]+:localhost$/);
    const levels = await state(room, 'm.room.power_levels');
    assert.deepEqual(levels.users, { [mira.userId]: 100, [tom.userId]: 100 });
    assert.equal(levels.events['m.room.tombstone'], 100);
    const created = await state(room, 'm.room.create');
    assert.equal(created.room_version, version);
    assert.equal(created.creator, version.endsWith('10') ? mira.userId : undefined);
  }
  const room = await create({
    preset: 'trusted_private_chat',
    invite: [tom.userId],
    creation_content: { additional_creators: ['@c:elsewhere.example', tom.userId], creator: '@not:me' },
  });
  assert.match(room, /^![A-Za-z0-9_-]{43}$/);
  const levels = await state(room, 'm.room.power_levels');
  assert.deepEqual(levels.users, {});
  assert.equal(levels.events['m.room.tombstone'], 150);
  const created = await state(room, 'm.room.create');
  assert.deepEqual(created, { room_version: '12', additional_creators: ['@c:elsewhere.example', tom.userId] });
  const own = { users: { [tom.userId]: 100 } };
  const path = `/v3/rooms/${encodeURIComponent(room)}/state/m.room.power_levels`;
  const refused = await mira.api('PUT', path, { body: own });
  assert.deepEqual([refused.status, refused.body.errcode], [400, 'M_INVALID_PARAM']);
});

test('what is given goes before the preset, and name and topic before all', async () => {
  const initialState = [
    { type: 'm.room.join_rules', content: { join_rule: 'knock' } },
    { type: 'm.room.name', state_key: '', content: { name: 'Not this' } },
    { type: 'org.example.wall', state_key: 'north', content: { colour: 'blue' } },
    { type: 'm.room.member', state_key: '@spam:elsewhere.example', content: { membership: 'ban' } },
  ];
  const room = await create({ name: 'Attic', topic: 'Under the roof', initial_state: initialState });
  assert.equal((await state(room, 'm.room.join_rules')).join_rule, 'knock');
  assert.equal((await state(room, 'm.room.name')).name, 'Attic');
  assert.equal((await state(room, 'org.example.wall/north')).colour, 'blue');
  assert.deepEqual(await state(room, 'm.room.topic'), {
    topic: 'Under the roof',
    'm.topic': { 'm.text': [{ body: 'Under the roof', mimetype: 'text/plain' }] },
  });
  const { chunk } = await mira.call('GET', `/v3/rooms/${encodeURIComponent(room)}/messages?dir=f&limit=3`);
  const types = chunk.map((event: { type: string }) => event.type);
  assert.deepEqual(types, ['m.room.create', 'm.room.member', 'm.room.power_levels']);
});

test('power levels are overridden key by key, or replaced by initial state', async () => {
  const overridden = await create({ power_level_content_override: { users: { [tom.userId]: 100 }, ban: 75 } });
  const levels = await state(overridden, 'm.room.power_levels');
  assert.deepEqual([levels.users, levels.ban, levels.kick], [{ [tom.userId]: 100 }, 75, 50]);
  const replaced = await create({
    initial_state: [{ type: 'm.room.power_levels', content: { users: { [tom.userId]: 7 } } }],
  });
  assert.deepEqual(await state(replaced, 'm.room.power_levels'), { users: { [tom.userId]: 7 } });
});

test('people who are invited see whether it is a direct chat, and which event invited them and when', async () => {
  const room = await create({ is_direct: true, invite: [tom.userId, tom.userId] });
  const { rooms } = await tom.call('GET', '/v3/sync');
  const own = rooms.invite[room].invite_state.events.find((each: JsonBody) => each.state_key === tom.userId);
  assert.deepEqual(own.content, { membership: 'invite', displayname: 'tom', is_direct: true });
  const invited = (await state(room, `m.room.member/${tom.userId}?format=event`)) as JsonBody;
  assert.deepEqual([own.event_id, own.origin_server_ts], [invited.event_id, invited.origin_server_ts]);
});

test('wrong wishes are refused by name, and nothing of the room stays', async () => {
  const before = (await mira.call('GET', '/v3/joined_rooms')).joined_rooms.length;
  await create({ room_alias_name: 'taken' });
  const rows: [object, number, string][] = [
    [{ room_version: 1 }, 400, 'M_BAD_JSON'],
    [{ room_version: '1' }, 400, 'M_UNSUPPORTED_ROOM_VERSION'],
    [{ room_version: 'nonsense' }, 400, 'M_UNSUPPORTED_ROOM_VERSION'],
    [{ preset: 'secret' }, 400, 'M_BAD_JSON'],
    [{ visibility: 'hidden' }, 400, 'M_BAD_JSON'],
    [{ name: ['a'] }, 400, 'M_BAD_JSON'],
    [{ invite: 'x' }, 400, 'M_BAD_JSON'],
    [{ invite: ['tom'] }, 400, 'M_INVALID_PARAM'],
    [{ invite: [mira.userId] }, 403, 'M_FORBIDDEN'],
    [{ invite_3pid: [{ medium: 'email' }] }, 403, 'M_THREEPID_DENIED'],
    [{ room_alias_name: 'taken' }, 400, 'M_ROOM_IN_USE'],
    [{ room_alias_name: 'a:b' }, 400, 'M_INVALID_PARAM'],
    [{ room_alias_name: 'a b' }, 400, 'M_INVALID_PARAM'],
    [{ room_alias_name: '' }, 400, 'M_INVALID_PARAM'],
    [{ room_alias_name: 'x'.repeat(255) }, 400, 'M_INVALID_PARAM'],
    [{ creation_content: { predecessor: 'x' } }, 400, 'M_BAD_JSON'],
    [{ creation_content: { type: 5 } }, 400, 'M_BAD_JSON'],
    [{ creation_content: { additional_creators: 'x' } }, 400, 'M_INVALID_PARAM'],
    [{ creation_content: { additional_creators: ['@a:b', 42] } }, 400, 'M_INVALID_PARAM'],
    [{ creation_content: { additional_creators: ['@a:dom$ain$.com'] } }, 400, 'M_INVALID_PARAM'],
    [{ power_level_content_override: { users: { [mira.userId]: 100 } } }, 400, 'M_INVALID_PARAM'],
    [{ power_level_content_override: { users: 'x' } }, 400, 'M_BAD_JSON'],
    [{ power_level_content_override: { ban: '50' } }, 400, 'M_BAD_JSON'],
    [{ room_version: '11', power_level_content_override: { users: {} } }, 400, 'M_INVALID_ROOM_STATE'],
    [{ initial_state: [{ type: 'm.room.create', content: {} }] }, 400, 'M_INVALID_ROOM_STATE'],
    [{ initial_state: [{ type: 'm.room.join_rules', content: { join_rule: 9 } }] }, 400, 'M_BAD_JSON'],
    [{ initial_state: [{ type: 'm.room.name' }] }, 400, 'M_BAD_JSON'],
    [{ initial_state: [{ type: 'x', state_key: '@other:a.example', content: {} }] }, 400, 'M_INVALID_ROOM_STATE'],
    [{ initial_state: [{ type: 'm.room.canonical_alias', content: { alias: '#no:localhost' } }] }, 400, 'M_BAD_ALIAS'],
    [{ initial_state: [{ type: 'x', content: { half: 0.5 } }] }, 400, 'M_BAD_JSON'],
  ];
  for (const [body, status, errcode] of rows) {
    const answer = await mira.api('POST', '/v3/createRoom', { body });
    assert.deepEqual([answer.status, answer.body.errcode], [status, errcode], JSON.stringify(body));
  }
  assert.equal((await mira.call('GET', '/v3/joined_rooms')).joined_rooms.length, before + 1);
});

test('rooms that are alike and made at once are rooms of their own', async () => {
  const made = await Promise.all(Array.from({ length: 20 }, () => mira.call('POST', '/v3/createRoom', {})));
  assert.equal(new Set(made.map((each) => each.room_id)).size, 20);
});
