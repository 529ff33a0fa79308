import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServerWith, said, type TestUser } from '@sotto/testing';

const { mira, tom, eve } = await openServerWith(['mira', 'tom', 'eve']);

const ok = [200, undefined];
const at = (roomId: string, rest: string) => `/v3/rooms/${encodeURIComponent(roomId)}/${rest}`;
const ofMember = (userId: string) => `state/m.room.member/${encodeURIComponent(userId)}`;

async function newRoom(body: object = {}): Promise<string> {
  return (await mira.call('POST', '/v3/createRoom', body)).room_id;
}
const about = (who: TestUser, verb: string) => (room: string, target: TestUser, reason?: string) =>
  who.api('POST', at(room, verb), { body: { user_id: target.userId, ...(reason !== undefined && { reason }) } });
const own = (who: TestUser, verb: string, room: string) => who.api('POST', at(room, verb), { body: {} });
const say = (who: TestUser, path: string, body: object) => who.api('POST', path, { body });
const memberOf = async (room: string, target: TestUser) => mira.call('GET', at(room, ofMember(target.userId)));

test('an invite is accepted, rejected, repeated; reasons are kept', async () => {
  const room = await newRoom();
  assert.deepEqual(said(await own(tom, 'join', room)), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await about(mira, 'invite')(room, tom, 'Come in')), ok);
  assert.deepEqual(await memberOf(room, tom), { membership: 'invite', displayname: 'tom', reason: 'Come in' });
  assert.deepEqual(said(await say(tom, at(room, 'leave'), { reason: 'Not today' })), ok);
  assert.deepEqual(await memberOf(room, tom), { membership: 'leave', reason: 'Not today' });
  assert.deepEqual(said(await about(mira, 'invite')(room, tom)), ok);
  assert.deepEqual(said(await say(tom, at(room, 'join'), { reason: 'Now' })), ok);
  assert.equal((await memberOf(room, tom)).reason, 'Now');
  assert.deepEqual(said(await own(tom, 'join', room)), ok, 'joining twice is no error');
  assert.deepEqual(said(await about(mira, 'invite')(room, tom)), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await about(mira, 'invite')(room, mira)), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await about(eve, 'invite')(room, eve)), [403, 'M_FORBIDDEN']);
});

test('a room that all have left is there for nobody: its invitations can only be turned down', async () => {
  const room = await newRoom({ preset: 'public_chat', invite: [tom.userId] });
  const join = (who: TestUser) => who.api('PUT', at(room, ofMember(who.userId)), { body: { membership: 'join' } });
  assert.deepEqual(said(await own(mira, 'leave', room)), ok);
  for (const who of [mira, tom, eve]) {
    assert.deepEqual(said(await own(who, 'join', room)), [404, 'M_NOT_FOUND'], who.userId);
    assert.deepEqual(said(await join(who)), [404, 'M_NOT_FOUND'], who.userId);
  }
  assert.deepEqual(said(await own(tom, 'leave', room)), ok);
});

test('kick, ban and unban refuse what makes no sense', async () => {
  const room = await newRoom({ preset: 'public_chat' });
  assert.deepEqual(said(await about(mira, 'kick')(room, tom)), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await about(mira, 'unban')(room, tom)), [403, 'M_BAD_STATE']);
  assert.deepEqual(said(await own(tom, 'leave', room)), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await own(tom, 'join', room)), ok);
  assert.deepEqual(said(await about(tom, 'kick')(room, mira)), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await about(tom, 'ban')(room, eve)), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await about(mira, 'kick')(room, tom, 'Out')), ok);
  assert.deepEqual(await memberOf(room, tom), { membership: 'leave', reason: 'Out' });
  assert.deepEqual(said(await about(mira, 'kick')(room, tom)), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await about(mira, 'ban')(room, tom, 'Spam')), ok);
  assert.deepEqual(said(await own(tom, 'join', room)), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await own(tom, 'leave', room)), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await about(mira, 'invite')(room, tom)), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await about(eve, 'unban')(room, tom)), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await about(mira, 'unban')(room, tom, 'Sorry')), ok);
  assert.deepEqual(said(await own(tom, 'join', room)), ok);
});

test('bad input is named', async () => {
  const room = await newRoom();
  const rows: [string, object, unknown[]][] = [
    ['invite', {}, [400, 'M_MISSING_PARAM']],
    ['invite', { user_id: 'tom' }, [400, 'M_INVALID_PARAM']],
    ['invite', { user_id: 7 }, [400, 'M_BAD_JSON']],
    ['invite', { user_id: '@tom:elsewhere.example' }, [403, 'M_FORBIDDEN']],
    ['invite', { user_id: '@not-yet-here:localhost' }, ok],
    ['invite', { medium: 'email', address: 'a@b.example' }, [400, 'M_MISSING_PARAM']],
    [
      'invite',
      { medium: 'email', address: 'a@b.example', id_server: 'i.example', id_access_token: 't' },
      [403, 'M_THREEPID_DENIED'],
    ],
    ['join', { third_party_signed: { token: 't' } }, [403, 'M_THREEPID_DENIED']],
    ['kick', { user_id: 'nobody' }, [400, 'M_INVALID_PARAM']],
    ['ban', { user_id: 'nobody' }, [400, 'M_INVALID_PARAM']],
    ['ban', { user_id: '@spam:elsewhere.example' }, ok],
    ['unban', { user_id: '' }, [400, 'M_INVALID_PARAM']],
    ['leave', { reason: 5 }, [400, 'M_BAD_JSON']],
  ];
  for (const [verb, body, expected] of rows)
    assert.deepEqual(said(await say(mira, at(room, verb), body)), expected, `${verb} ${JSON.stringify(body)}`);
  const put = (key: string, body: object) => mira.api('PUT', at(room, ofMember(key)), { body });
  assert.deepEqual(said(await put('tom', { membership: 'invite' })), [400, 'M_INVALID_PARAM']);
  assert.deepEqual(said(await put(tom.userId, { membership: 'friend' })), [400, 'M_BAD_JSON']);
  assert.deepEqual(said(await put(tom.userId, {})), [400, 'M_BAD_JSON']);
  assert.deepEqual(said(await own(tom, 'join', '!nowhere:localhost')), [404, 'M_NOT_FOUND']);
  assert.deepEqual(said(await tom.api('POST', '/v3/join/nothing')), [400, 'M_INVALID_PARAM']);
});

test('one knocks, takes it back, is let in or turned away', async () => {
  const knockable = { type: 'm.room.join_rules', content: { join_rule: 'knock' } };
  const room = await newRoom({ initial_state: [knockable], name: 'Attic' });
  const knock = (who: TestUser, reason?: string) =>
    who.api('POST', `/v3/knock/${encodeURIComponent(room)}`, { body: reason === undefined ? {} : { reason } });
  assert.deepEqual(said(await knock(tom, 'It rains')), ok);
  const seen = (await tom.call('GET', '/v3/sync')).rooms.knock[room].knock_state.events;
  const types = seen.map((event: { type: string }) => event.type);
  assert.ok(types.includes('m.room.create') && types.includes('m.room.name') && types.includes('m.room.member'));
  assert.equal((await memberOf(room, tom)).reason, 'It rains');
  assert.deepEqual(said(await own(tom, 'leave', room)), ok);
  assert.deepEqual(said(await knock(tom)), ok);
  assert.deepEqual(said(await about(mira, 'kick')(room, tom)), ok);
  assert.deepEqual(said(await knock(tom)), ok);
  assert.deepEqual(said(await about(mira, 'invite')(room, tom)), ok);
  assert.deepEqual(said(await knock(tom)), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await own(tom, 'join', room)), ok);
  assert.deepEqual(said(await knock(tom)), [403, 'M_FORBIDDEN']);
  const closed = await newRoom();
  assert.deepEqual(said(await tom.api('POST', `/v3/knock/${encodeURIComponent(closed)}`, { body: {} })), [
    403,
    'M_FORBIDDEN',
  ]);
});

test('a restricted room opens to members of another, vouched for by whoever stands highest', async () => {
  const team = await newRoom({ preset: 'public_chat' });
  const allow = [{ type: 'm.room_membership', room_id: team }, 'nonsense', { type: 'other' }];
  const rules = { type: 'm.room.join_rules', content: { join_rule: 'restricted', allow } };
  for (const version of ['11', '12']) {
    const room = await newRoom({ room_version: version, initial_state: [rules] });
    assert.deepEqual(said(await own(tom, 'join', room)), [403, 'M_FORBIDDEN']);
    await own(tom, 'join', team);
    assert.deepEqual(said(await own(tom, 'join', room)), ok);
    assert.equal((await memberOf(room, tom)).join_authorised_via_users_server, mira.userId);
    const renamed = { membership: 'join', displayname: 'Tommy', join_authorised_via_users_server: 'unused' };
    assert.deepEqual(said(await tom.api('PUT', at(room, ofMember(tom.userId)), { body: renamed })), ok);
    assert.deepEqual(await memberOf(room, tom), { membership: 'join', displayname: 'Tommy' });
    await own(eve, 'join', team);
    await mira.call('PUT', at(room, 'state/m.room.power_levels'), {
      invite: 50,
      users: version === '11' ? { [mira.userId]: 100 } : {},
    });
    await own(mira, 'leave', room);
    assert.deepEqual(said(await own(eve, 'join', room)), [400, 'M_UNABLE_TO_GRANT_JOIN']);
    await own(tom, 'leave', room);
    await own(tom, 'leave', team);
    await own(eve, 'leave', team);
  }
});

test('a forgotten room is gone until one is in it again', async () => {
  const room = await newRoom({ preset: 'public_chat' });
  assert.deepEqual(said(await own(mira, 'forget', room)), [400, 'M_UNKNOWN']);
  await own(tom, 'join', room);
  const { next_batch: before } = await tom.call('GET', '/v3/sync');
  await own(tom, 'leave', room);
  assert.equal((await tom.api('GET', at(room, 'messages?dir=b'))).status, 200);
  assert.deepEqual(said(await own(tom, 'forget', room)), ok);
  for (const path of ['messages?dir=b', 'state', 'members', 'state/m.room.create'])
    assert.deepEqual(said(await tom.api('GET', at(room, path))), [403, 'M_FORBIDDEN'], path);
  const filter = encodeURIComponent(JSON.stringify({ room: { include_leave: true } }));
  const fresh = await tom.call('GET', `/v3/sync?filter=${filter}`);
  assert.equal(fresh.rooms.leave?.[room], undefined);
  const late = await tom.call('GET', `/v3/sync?since=${before}&filter=${filter}`);
  assert.ok(late.rooms.leave[room], 'who has not heard of the leaving yet is told');
  assert.deepEqual(said(await own(tom, 'forget', '!never-there:localhost')), ok);
  await own(tom, 'join', room);
  assert.equal((await tom.api('GET', at(room, 'messages?dir=b'))).status, 200);
});

test('members are listed as they were, by membership', async () => {
  const room = await newRoom({ preset: 'public_chat' });
  const { next_batch: before } = await mira.call('GET', '/v3/sync');
  await own(tom, 'join', room);
  await about(mira, 'invite')(room, eve);
  const list = async (query: string) =>
    (await mira.call('GET', at(room, `members${query}`))).chunk.map((each: { state_key: string }) => each.state_key);
  assert.deepEqual(await list(''), [mira.userId, tom.userId, eve.userId]);
  assert.deepEqual(await list(`?at=${before}`), [mira.userId]);
  // A first sync that holds the whole room gives out a token from before it: the room as it began.
  assert.deepEqual(await list('?at=s0'), [mira.userId]);
  assert.deepEqual(await list('?membership=invite'), [eve.userId]);
  assert.deepEqual(await list('?not_membership=invite'), [mira.userId, tom.userId]);
  assert.deepEqual(said(await mira.api('GET', at(room, 'members?at=nonsense'))), [400, 'M_INVALID_PARAM']);
  assert.deepEqual(said(await eve.api('GET', at(room, 'members'))), [403, 'M_FORBIDDEN']);
  const joined = await tom.call('GET', at(room, 'joined_members'));
  assert.deepEqual(joined.joined, {
    [mira.userId]: { display_name: 'mira' },
    [tom.userId]: { display_name: 'tom' },
  });
  assert.deepEqual(said(await eve.api('GET', at(room, 'joined_members'))), [403, 'M_FORBIDDEN']);
  await mira.call('PUT', at(room, 'state/m.room.history_visibility'), { history_visibility: 'world_readable' });
  assert.deepEqual(await eve.call('GET', at(room, 'joined_members')), joined, 'a room that anyone may look into');
});

test('what a client says of its joining stands in the member event, but not who let it in', async () => {
  const room = await newRoom({ preset: 'public_chat' });
  const body = { reason: 'tea', foo: 'bar', membership: 'ban', join_authorised_via_users_server: mira.userId };
  assert.equal((await say(tom, `/v3/join/${encodeURIComponent(room)}`, body)).status, 200);
  const { foo, reason, membership, join_authorised_via_users_server: by } = await memberOf(room, tom);
  assert.deepEqual([foo, reason, membership, by], ['bar', 'tea', 'join', undefined]);
});
