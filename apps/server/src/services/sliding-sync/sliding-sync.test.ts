import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom, type JsonBody, openServerWith, registerUser, said, type TestUser } from '@sotto/testing';

const { server } = await openServerWith([]);
let number = 0;

const newPerson = () => registerUser(server, `person${number++}`);
const path = '/unstable/org.matrix.simplified_msc3575/sync';
const all = { ranges: [[0, 99]], timeline_limit: 10, required_state: [] };
const ask = (who: TestUser, body: object, query = '') => who.call('POST', `${path}${query}`, body);
const bodies = (room: JsonBody) => room.timeline.map((event: JsonBody) => event.content.body);
const places = (room: JsonBody) =>
  room.required_state.map((event: JsonBody) => `${event.type}|${event.state_key}`).sort();

test('a window shows the liveliest rooms, and moves with what is asked', async () => {
  const mira = await newPerson();
  const rooms = [await createTestRoom(mira), await createTestRoom(mira), await createTestRoom(mira)];
  await rooms[0]?.say(mira, 'Lively');
  const order = [rooms[0]?.roomId, rooms[2]?.roomId, rooms[1]?.roomId];
  const list = { ...all, ranges: [[0, 1]], timeline_limit: 1 };
  const first = await ask(mira, { lists: { main: list } });
  assert.deepEqual(first.lists.main, { count: 3, ops: [{ op: 'SYNC', range: [0, 1], room_ids: order.slice(0, 2) }] });
  assert.deepEqual(Object.keys(first.rooms), order.slice(0, 2));
  const lively = first.rooms[order[0] as string];
  assert.deepEqual(bodies(lively), ['Lively']);
  assert.deepEqual([lively.initial, lively.limited, lively.num_live], [true, true, 0]);
  const wider = await ask(mira, { lists: { main: { ...list, ranges: [[0, 2]] } } }, `?pos=${first.pos}`);
  assert.deepEqual(Object.keys(wider.rooms), [order[2]], 'what was told is not told again');
  const idle = await ask(mira, { lists: { main: { ...list, ranges: [[0, 2]] } } }, `?pos=${wider.pos}`);
  assert.deepEqual([idle.rooms, idle.lists.main.count], [{}, 3]);
});

test('what happens arrives live, in the room and order in which it happens', async () => {
  const [mira, tom] = [await newPerson(), await newPerson()];
  const room = await createTestRoom(mira);
  await room.join(tom);
  const { pos } = await ask(mira, { lists: { main: all } });
  const poll = ask(mira, { lists: { main: all } }, `?pos=${pos}&timeout=55000`);
  await room.say(tom, 'One');
  const answer = await poll;
  const told = answer.rooms[room.roomId];
  assert.deepEqual(bodies(told), ['One']);
  assert.deepEqual([told.initial, told.limited, told.num_live], [undefined, false, 1]);
  assert.equal(told.notification_count, 1);
  await room.set(tom, 'org.example.state', {}).catch(() => undefined);
  for (let turn = 0; turn < 3; turn++) await room.say(tom, `${turn}`);
  const short = { lists: { main: { ...all, timeline_limit: 2 } } };
  const next = (await ask(mira, short, `?pos=${answer.pos}`)).rooms[room.roomId];
  assert.deepEqual([bodies(next), next.limited, next.num_live], [['1', '2'], true, 2]);
  const page = await mira.call('GET', room.at(`messages?dir=b&limit=1&from=${next.prev_batch}`));
  assert.equal(page.chunk[0].content.body, '0');
  await mira.call('GET', room.at(`messages?dir=b&limit=1&from=${answer.pos}`));
});

test('what is unread is told anew where the reader read on, be it on another device', async () => {
  const [mira, tom] = [await newPerson(), await newPerson()];
  const [room, quiet] = [await createTestRoom(mira), await createTestRoom(mira)];
  await room.join(tom);
  const read = await room.say(tom, 'One');
  const unread = await room.say(tom, 'Two');
  const body = { lists: { main: all }, extensions: { receipts: { enabled: true } } };
  const first = await ask(mira, body);
  assert.deepEqual([first.rooms[room.roomId].notification_count, first.rooms[quiet.roomId].notification_count], [2, 0]);
  const poll = ask(mira, { lists: { main: all } }, `?pos=${first.pos}&timeout=20000`);
  await mira.call('POST', room.at(`receipt/m.read/${encodeURIComponent(read)}`), {});
  const answer = await poll;
  assert.deepEqual(Object.keys(answer.rooms), [room.roomId]);
  const { bump_stamp: _stamp, ...told } = answer.rooms[room.roomId];
  assert.deepEqual(told, { membership: 'join', notification_count: 1, highlight_count: 0 });
  await tom.call('POST', room.at(`receipt/m.read/${encodeURIComponent(unread)}`), {});
  await mira.call('POST', room.at(`receipt/m.read.private/${encodeURIComponent(read)}`), {});
  const idle = await ask(mira, body, `?pos=${answer.pos}`);
  assert.deepEqual(idle.rooms, {}, 'what others read, and what changes no count');
});

test('an answer that was lost is told again; an old or foreign position is not known', async () => {
  const [mira, tom] = [await newPerson(), await newPerson()];
  const room = await createTestRoom(mira);
  const body = { lists: { main: all } };
  const first = await ask(mira, body);
  await room.say(mira, 'Once');
  for (let turn = 0; turn < 2; turn++) {
    const repeated = await ask(mira, body, `?pos=${first.pos}`);
    assert.deepEqual(bodies(repeated.rooms[room.roomId]), ['Once']);
  }
  const read = await ask(mira, body, `?pos=${first.pos}`);
  const next = await ask(mira, body, `?pos=${read.pos}`);
  assert.deepEqual(next.rooms, {});
  for (const [who, pos] of [
    [mira, first.pos],
    [tom, read.pos],
    [mira, 'nonsense'],
  ] as const) {
    const refused = await who.api('POST', `${path}?pos=${pos}`, { body });
    assert.deepEqual(said(refused), [400, 'M_UNKNOWN_POS']);
  }
  await ask(mira, { ...body, conn_id: 'second' });
  await ask(mira, body, `?pos=${read.pos}`);
});

test('state comes as it is required: by name, with wildcards, one’s own, and members as needed', async () => {
  const [mira, tom] = [await newPerson(), await newPerson()];
  const room = await createTestRoom(mira, { name: 'Named' });
  await room.join(tom);
  await room.say(tom, 'Hello');
  const first = async (required_state: unknown, timeline_limit = 1) =>
    places(
      (await ask(mira, { room_subscriptions: { [room.roomId]: { required_state, timeline_limit } } })).rooms[
        room.roomId
      ],
    );
  assert.deepEqual(await first([['m.room.name', '']]), ['m.room.name|']);
  assert.deepEqual(await first([['m.room.member', '$ME']], 0), [`m.room.member|${mira.userId}`]);
  assert.deepEqual(await first([['m.room.member', '$LAZY']]), [`m.room.member|${tom.userId}`]);
  assert.equal((await first([['m.room.member', '*']])).length, 2);
  const everything = await first([['*', '*']]);
  assert.ok(everything.includes('m.room.create|') && everything.includes(`m.room.member|${tom.userId}`));
  const lazily = await first([
    ['*', '*'],
    ['m.room.member', '$LAZY'],
  ]);
  assert.ok(lazily.includes('m.room.create|') && !lazily.includes(`m.room.member|${mira.userId}`));
  const proposed = { include: [{}], exclude: [{ type: 'm.room.create' }], lazy_members: true };
  const answer = await mira.call('POST', '/v4/sync', {
    lists: { main: { range: [0, 9], timeline_limit: 1, required_state: proposed } },
  });
  const told = answer.rooms[room.roomId];
  assert.ok(!places(told).includes('m.room.create|') && places(told).includes('m.room.name|'));
  assert.deepEqual([told.membership, told.lists, answer.lists.main], ['join', ['main'], { count: 1 }]);
});

test('a wider rule is served at once: more events, more state', async () => {
  const mira = await newPerson();
  const room = await createTestRoom(mira, { name: 'Named' });
  for (let turn = 0; turn < 4; turn++) await room.say(mira, `${turn}`);
  const rule = (timeline_limit: number, required_state: string[][]) => ({
    room_subscriptions: { [room.roomId]: { timeline_limit, required_state } },
  });
  const first = await ask(mira, rule(1, []));
  assert.deepEqual(bodies(first.rooms[room.roomId]), ['3']);
  const wider = await ask(mira, rule(3, [['m.room.name', '']]), `?pos=${first.pos}&timeout=55000`);
  const told = wider.rooms[room.roomId];
  assert.deepEqual([bodies(told), told.unstable_expanded_timeline, told.num_live], [['1', '2', '3'], true, 0]);
  assert.deepEqual([places(told), told.initial], [['m.room.name|'], undefined]);
  const same = await ask(mira, rule(2, []), `?pos=${wider.pos}`);
  assert.deepEqual(same.rooms, {});
});

test('rooms say what they are called, who is in them and when they were lively', async () => {
  const [mira, tom] = [await newPerson(), await newPerson()];
  const room = await createTestRoom(mira);
  await room.join(tom);
  const { pos, rooms } = await ask(mira, { lists: { main: all } });
  const told = rooms[room.roomId];
  assert.deepEqual([told.name, told.joined_count, told.invited_count], [undefined, 2, 0]);
  assert.deepEqual(told.heroes, [{ user_id: tom.userId, displayname: tom.userId.slice(1).split(':')[0] }]);
  await room.set(mira, 'm.room.name', { name: 'Now named' });
  const named = await ask(mira, { lists: { main: all } }, `?pos=${pos}`);
  assert.deepEqual([named.rooms[room.roomId].name, named.rooms[room.roomId].heroes], ['Now named', []]);
  assert.equal(named.rooms[room.roomId].joined_count, undefined, 'what did not change');
  assert.equal(named.rooms[room.roomId].bump_stamp, told.bump_stamp, 'a name is no liveliness');
  await room.say(tom, 'Hello');
  const lively = await ask(mira, { lists: { main: all } }, `?pos=${named.pos}`);
  assert.ok(lively.rooms[room.roomId].bump_stamp > told.bump_stamp);
});

test('an invitation shows the door, joining opens it, leaving and being put out close it', async () => {
  const [mira, tom] = [await newPerson(), await newPerson()];
  const room = await createTestRoom(mira, { preset: 'private_chat', name: 'Inside' });
  await room.say(mira, 'Secret');
  const body = { lists: { main: { ...all, required_state: [['m.room.member', '$ME']] } } };
  const nothing = await ask(tom, body);
  assert.deepEqual(nothing.rooms, {});
  await mira.call('POST', room.at('invite'), { user_id: tom.userId });
  const invited = await ask(tom, body, `?pos=${nothing.pos}&timeout=55000`);
  const { invite_state: shown, timeline } = invited.rooms[room.roomId];
  assert.ok(shown.some((event: JsonBody) => event.type === 'm.room.name'));
  assert.equal(timeline, undefined);
  await room.join(tom);
  const joined = await ask(tom, body, `?pos=${invited.pos}`);
  assert.deepEqual([joined.rooms[room.roomId].initial, joined.rooms[room.roomId].name], [true, 'Inside']);
  await mira.call('POST', room.at('kick'), { user_id: tom.userId });
  await room.say(mira, 'Behind the back');
  const kicked = await ask(tom, body, `?pos=${joined.pos}`);
  const own = kicked.rooms[room.roomId].timeline.at(-1);
  assert.deepEqual([own.state_key, own.content.membership], [tom.userId, 'leave']);
  assert.ok(!JSON.stringify(kicked).includes('Behind the back'));
  assert.deepEqual((await ask(tom, body, `?pos=${kicked.pos}`)).rooms, {});
  assert.ok((await ask(tom, body)).rooms[room.roomId], 'whoever was put out hears of it on any connection');
  const open = await createTestRoom(mira);
  await open.join(tom);
  await open.leave(tom);
  assert.equal((await ask(tom, body)).rooms[open.roomId], undefined, 'who left by themselves knows');
});

test('lists filter rooms', async () => {
  const [mira, tom] = [await newPerson(), await newPerson()];
  const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
  const space = await createTestRoom(mira, { creation_content: { type: 'm.space' } });
  const plain = await createTestRoom(mira, { name: 'Plain' });
  const secret = await createTestRoom(mira, { initial_state: [encryption] });
  const door = await createTestRoom(tom);
  await tom.call('POST', door.at('invite'), { user_id: mira.userId });
  await space.set(mira, { type: 'm.space.child', stateKey: plain.roomId }, { via: ['localhost'] });
  const user = `/v3/user/${encodeURIComponent(mira.userId)}`;
  await mira.call('PUT', `${user}/account_data/m.direct`, { [tom.userId]: [secret.roomId] });
  await mira.call('PUT', `${user}/rooms/${encodeURIComponent(plain.roomId)}/tags/u.work`, {});
  const names = new Map([
    [space.roomId, 'space'],
    [plain.roomId, 'plain'],
    [secret.roomId, 'secret'],
    [door.roomId, 'door'],
  ]);
  const listed = async (filters: object) => {
    const { lists } = await ask(mira, { lists: { main: { ...all, filters } } });
    return lists.main.ops[0].room_ids.map((id: string) => names.get(id)).sort();
  };
  assert.deepEqual(await listed({}), ['door', 'plain', 'secret', 'space']);
  assert.deepEqual(await listed({ is_dm: true }), ['secret']);
  assert.deepEqual(await listed({ is_dm: false, is_invite: false }), ['plain', 'space']);
  assert.deepEqual(await listed({ is_invite: true }), ['door']);
  assert.deepEqual(await listed({ is_encrypted: true }), ['secret']);
  assert.deepEqual(await listed({ room_types: ['m.space'] }), ['space']);
  assert.deepEqual(await listed({ room_types: [null], is_invite: false }), ['plain', 'secret']);
  assert.deepEqual(await listed({ not_room_types: ['m.space'], is_invite: false }), ['plain', 'secret']);
  assert.deepEqual(await listed({ spaces: [space.roomId] }), ['plain']);
  assert.deepEqual(await listed({ tags: ['u.work'] }), ['plain']);
  assert.deepEqual(await listed({ not_tags: ['u.work'], is_invite: false }), ['secret', 'space']);
  assert.deepEqual(await listed({ room_name_like: 'pla' }), ['plain']);
  await plain.set(mira, 'm.room.encryption', encryption.content);
  assert.deepEqual(await listed({ is_encrypted: true }), ['plain', 'secret'], 'as it is now');
});

test('what is no request is refused', async () => {
  const mira = await newPerson();
  const refused = async (list: object) =>
    said(await mira.api('POST', path, { body: { lists: { main: { ...all, ...list } } } }));
  assert.deepEqual(await refused({ ranges: [[5, 2]] }), [400, 'M_INVALID_PARAM']);
  assert.deepEqual(await refused({ ranges: [[-1, 2]] }), [400, 'M_BAD_JSON']);
  assert.deepEqual(await refused({ timeline_limit: 'ten' }), [400, 'M_BAD_JSON']);
  assert.deepEqual(await refused({ required_state: [['m.room.name']] }), [400, 'M_BAD_JSON']);
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`list${index}`, all]));
  assert.deepEqual(said(await mira.api('POST', path, { body: { lists: many } })), [400, 'M_INVALID_PARAM']);
  const stranger = await createTestRoom(await newPerson(), { preset: 'private_chat' });
  const rule = { timeline_limit: 10, required_state: [['*', '*']] };
  const answer = await ask(mira, { room_subscriptions: { [stranger.roomId]: rule, '!none:localhost': rule } });
  assert.deepEqual(answer.rooms, {}, 'rooms of others are not there');
});
