import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, type JsonBody, openServerWith, said, type TestUser, until } from '@sotto/testing';
import { childrenOf } from './children.ts';

const { server, mira, tom } = await openServerWith(['mira', 'tom']);

const create = async (who: TestUser, body: object) =>
  (await who.call('POST', '/v3/createRoom', { preset: 'public_chat', ...body })).room_id as string;
const space = (who: TestUser, body: object = {}) => create(who, { creation_content: { type: 'm.space' }, ...body });
async function link(parent: string, child: string, content: object = { via: ['localhost'] }): Promise<void> {
  const place = `/v3/rooms/${encodeURIComponent(parent)}/state/m.space.child/${encodeURIComponent(child)}`;
  await mira.call('PUT', place, content);
  // Children stand in the order of their times, and two links of one millisecond have none.
  const linkedMs = Date.now();
  await until(() => Date.now() > linkedMs, { what: 'the clock goes on' });
}
const look = (who: TestUser, room: string, query = '') =>
  who.api('GET', `/v1/rooms/${encodeURIComponent(room)}/hierarchy${query}`);
const ids = ({ status, body }: Answer) => {
  assert.equal(status, 200, JSON.stringify(body));
  return body.rooms.map((each: { room_id: string }) => each.room_id);
};
const state = (type: string, content: object) => ({ type, content });

/** root → r1 (suggested), s1 → s2 → r3, r4; root → r2 (suggested) */
async function tree() {
  const root = await space(mira, { name: 'Root' });
  const [r1, r2, r3] = [await create(mira, { name: 'R1' }), await create(mira, {}), await create(mira, {})];
  const r4 = await create(tom, {});
  const [s1, s2] = [await space(mira), await space(mira)];
  await link(root, r1, { via: ['localhost'], suggested: true });
  await link(root, s1);
  await link(root, r2, { via: ['localhost'], suggested: true });
  await link(r2, r4);
  await link(s1, s2);
  await link(s2, r3);
  await link(s2, r4);
  await link(s2, root);
  await link(s2, '!nowhere:localhost');
  return { root, r1, r2, r3, r4, s1, s2 };
}

test('the tree is walked depth first, as deep and as far as asked', async () => {
  const { root, r1, r2, r3, r4, s1, s2 } = await tree();
  const whole = await look(mira, root);
  assert.deepEqual(ids(whole), [root, r1, s1, s2, r3, r4, r2]);
  assert.deepEqual(ids(await look(mira, root, '?max_depth=1')), [root, r1, s1, r2]);
  assert.deepEqual(ids(await look(mira, root, '?max_depth=0')), [root]);
  const suggested = await look(mira, root, '?suggested_only=true');
  assert.deepEqual(ids(suggested), [root, r1, r2]);
  assert.equal(suggested.body.rooms[0].children_state.length, 2);
  const first = whole.body.rooms[0];
  const child = first.children_state[1];
  assert.equal(typeof child.origin_server_ts, 'number');
  assert.deepEqual(
    { ...child, origin_server_ts: 0 },
    {
      type: 'm.space.child',
      state_key: s1,
      content: { via: ['localhost'] },
      sender: mira.userId,
      origin_server_ts: 0,
    },
  );
  assert.deepEqual(
    [first.name, first.room_type, first.join_rule, first.room_version],
    ['Root', 'm.space', 'public', '12'],
  );
  await link(root, s1, {});
  assert.deepEqual(ids(await look(mira, root)), [root, r1, r2]);
});

test('pages follow each other, and only with the same question', async () => {
  const { root, r1, r2, r3, r4, s1, s2 } = await tree();
  const first = await look(mira, root, '?limit=4');
  assert.deepEqual(ids(first), [root, r1, s1, s2]);
  const next = first.body.next_batch;
  const second = await look(mira, root, `?limit=4&from=${next}`);
  assert.deepEqual([ids(second), second.body.next_batch], [[r3, r4, r2], undefined]);
  const bad = [
    `?from=${next}&suggested_only=true`,
    `?from=${next}&max_depth=3`,
    '?from=x',
    '?limit=0',
    '?max_depth=-1',
  ];
  for (const query of bad) assert.deepEqual(said(await look(mira, root, query)), [400, 'M_INVALID_PARAM'], query);
});

test('nobody sees a room that they may not enter, knock at or read', async () => {
  const root = await space(mira);
  const rules = (joinRule: string, more = {}) => ({
    preset: 'private_chat',
    initial_state: [state('m.room.join_rules', { join_rule: joinRule, ...more })],
  });
  const hidden = await create(mira, { preset: 'private_chat' });
  const knock = await create(mira, rules('knock'));
  const allow = [{ type: 'm.room_membership', room_id: root }];
  const restricted = await create(mira, rules('restricted', { allow }));
  const shown = await create(mira, {
    preset: 'private_chat',
    initial_state: [state('m.room.history_visibility', { history_visibility: 'world_readable' })],
  });
  for (const child of [hidden, knock, restricted, shown]) await link(root, child);
  assert.deepEqual(ids(await look(mira, root)), [root, hidden, knock, restricted, shown]);
  assert.deepEqual(ids(await look(tom, root)), [root, knock, shown]);
  await tom.call('POST', `/v3/join/${encodeURIComponent(root)}`);
  assert.deepEqual(ids(await look(tom, root)), [root, knock, restricted, shown]);
  await mira.call('POST', `/v3/rooms/${encodeURIComponent(hidden)}/invite`, { user_id: tom.userId });
  assert.deepEqual(ids(await look(tom, root)), [root, hidden, knock, restricted, shown]);
  await mira.call('POST', `/v3/rooms/${encodeURIComponent(root)}/ban`, { user_id: tom.userId });
  assert.deepEqual(said(await look(tom, root)), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await look(tom, '!nowhere:localhost')), [403, 'M_FORBIDDEN']);
});

test('a summary says what a list would say, and where one stands', async () => {
  const team = await space(mira);
  const allow = [{ type: 'm.room_membership', room_id: team }];
  const room = await create(mira, {
    name: 'Attic',
    topic: 'Under the roof',
    room_alias_name: 'attic',
    initial_state: [
      state('m.room.join_rules', { join_rule: 'restricted', allow }),
      state('m.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' }),
      state('m.room.avatar', { url: 'mxc://localhost/roof' }),
    ],
  });
  const ask = (who: { api: TestUser['api'] }, place: string) =>
    who.api('GET', `/v1/room_summary/${encodeURIComponent(place)}`);
  assert.deepEqual((await ask(mira, '#attic:localhost')).body, {
    room_id: room,
    name: 'Attic',
    topic: 'Under the roof',
    canonical_alias: '#attic:localhost',
    avatar_url: 'mxc://localhost/roof',
    num_joined_members: 1,
    world_readable: false,
    guest_can_join: false,
    join_rule: 'restricted',
    room_version: '12',
    encryption: 'm.megolm.v1.aes-sha2',
    allowed_room_ids: [team],
    membership: 'join',
  });
  assert.deepEqual(said(await ask(tom, room)), [404, 'M_NOT_FOUND']);
  assert.deepEqual(said(await ask(server, room)), [404, 'M_NOT_FOUND']);
  assert.deepEqual(said(await ask(tom, '#nothing:localhost')), [404, 'M_NOT_FOUND']);
  assert.deepEqual(said(await ask(tom, 'nonsense')), [400, 'M_INVALID_PARAM']);
  const open = await ask(server, team);
  assert.deepEqual([open.status, open.body.membership, open.body.room_type], [200, undefined, 'm.space']);
  assert.equal((await ask(tom, team)).body.membership, 'leave');
  const old = await tom.call('GET', `/unstable/im.nheko.summary/rooms/${encodeURIComponent(team)}/summary`);
  assert.equal(old['im.nheko.summary.room_version'], '12');
});

test('children are ordered by order, then time, then id', () => {
  const row = (stateKey: string, originServerTs: number, content: JsonBody) =>
    ({ stateKey, originServerTs, sender: '@a:x', json: JSON.stringify({ content }) }) as never;
  const via = ['x'];
  const rows = [
    row('!e:x', 1, { via }),
    row('!f:x', 1, { via, order: 'with\ttab' }),
    row('!d:x', 0, { via, order: 5 }),
    row('!c:x', 9, { via, order: 'first' }),
    row('!a:x', 3, { via, order: 'aaaa' }),
    row('!b:x', 8, { via, order: ' ' }),
    row('!g:x', 2, { via, order: 'aaaa' }),
    row('!gone:x', 0, {}),
    row('!odd:x', 0, { via: 'x' }),
    row('nonsense', 0, { via }),
  ];
  assert.deepEqual(
    childrenOf(rows).map((child) => child.roomId),
    ['!b:x', '!g:x', '!a:x', '!c:x', '!d:x', '!e:x', '!f:x'],
  );
});
