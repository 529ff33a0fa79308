import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServerWith, registerUser } from '@sotto/testing';

const { server } = await openServerWith([]);

test('nobody lets themselves into a restricted room by naming who vouches for them', async () => {
  const mira = await registerUser(server, 'mira');
  const eve = await registerUser(server, 'eve');
  const { room_id: team } = await mira.call('POST', '/v3/createRoom', {});
  const allow = [{ type: 'm.room_membership', room_id: team }];
  const rules = { type: 'm.room.join_rules', content: { join_rule: 'restricted', allow } };
  const { room_id: room } = await mira.call('POST', '/v3/createRoom', { initial_state: [rules] });
  const path = `/v3/rooms/${encodeURIComponent(room)}/state/m.room.member/${encodeURIComponent(eve.userId)}`;
  const body = { membership: 'join', join_authorised_via_users_server: mira.userId };
  const answer = await eve.api('PUT', path, { body });
  assert.deepEqual([answer.status, answer.body.errcode], [403, 'M_FORBIDDEN']);
});
