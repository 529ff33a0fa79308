import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApi, openServerWith, registerUser } from '@sotto/testing';

const { server, mira } = await openServerWith(['mira'], { config: { guests: { enabled: true } } });

async function guest() {
  const { body, status } = await server.api('POST', '/v3/register?kind=guest', { body: {} });
  assert.equal(status, 200, JSON.stringify(body));
  return { userId: body.user_id as string, api: createApi(server.url, body.access_token) };
}
const at = (roomId: string, rest: string) => `/v3/rooms/${encodeURIComponent(roomId)}/${rest}`;

test('guests join where they may, talk, and are sent out when that ends', async () => {
  const someone = await guest();
  const state = (guestAccess: string) => ({ type: 'm.room.guest_access', content: { guest_access: guestAccess } });
  const create = async (access: string) =>
    (await mira.call('POST', '/v3/createRoom', { preset: 'public_chat', initial_state: [state(access)] })).room_id;
  const closed = await create('forbidden');
  const refused = await someone.api('POST', at(closed, 'join'), { body: {} });
  assert.deepEqual([refused.status, refused.body.errcode], [403, 'M_GUEST_ACCESS_FORBIDDEN']);
  const open = await create('can_join');
  assert.equal((await someone.api('POST', at(open, 'join'), { body: {} })).status, 200);
  const sent = await someone.api('PUT', at(open, 'send/m.room.message/1'), { body: { body: 'Hello' } });
  assert.equal(sent.status, 200);
  const tom = await registerUser(server, 'tom');
  await tom.call('POST', at(open, 'join'), {});
  await mira.call('PUT', at(open, 'state/m.room.guest_access'), { guest_access: 'forbidden' });
  const memberships = (await mira.call('GET', at(open, 'members'))).chunk.map(
    (each: { state_key: string; sender: string; content: { membership: string } }) => [
      each.state_key,
      each.content.membership,
    ],
  );
  assert.deepEqual(new Map(memberships).get(someone.userId), 'leave');
  assert.deepEqual(new Map(memberships).get(tom.userId), 'join');
});

test('guests make no rooms, invite nobody and knock nowhere', async () => {
  const someone = await guest();
  const { room_id: room } = await mira.call('POST', '/v3/createRoom', {});
  for (const [path, body] of [
    ['/v3/createRoom', {}],
    [at(room, 'invite'), { user_id: mira.userId }],
    [`/v3/knock/${encodeURIComponent(room)}`, {}],
  ] as const) {
    const answer = await someone.api('POST', path, { body });
    assert.deepEqual([answer.status, answer.body.errcode], [403, 'M_GUEST_ACCESS_FORBIDDEN'], path);
  }
});
