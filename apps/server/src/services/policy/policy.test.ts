import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServerWith, registerUser, said, startServer } from '@sotto/testing';
import { kindOf } from './index.ts';

const encryptionPolicy = {
  direct: 'forced',
  private: 'forced',
  public: 'forbidden',
  team: 'optional',
  verifiedOnly: ['private'],
};
const { server, mira, tom } = await openServerWith(['mira', 'tom'], { config: { encryption: encryptionPolicy } });

const at = (roomId: string, rest: string) => `/v3/rooms/${encodeURIComponent(roomId)}/${rest}`;
const create = async (body: object = {}) => (await mira.call('POST', '/v3/createRoom', body)).room_id as string;
const encryption = { type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
async function isEncrypted(roomId: string): Promise<boolean> {
  return (await mira.api('GET', at(roomId, 'state/m.room.encryption'))).status === 200;
}
const ask = async (method: string, path: string, body: object) => said(await mira.api(method, path, { body }));
const fine = [200, undefined];
const no = [403, 'M_FORBIDDEN'];

test('the kind of a room follows from its type, its join rule, and how it was made', () => {
  const plain = { roomType: undefined, joinRule: 'invite', isDirect: false };
  assert.equal(kindOf(plain), 'private');
  assert.equal(kindOf({ ...plain, isDirect: true }), 'direct');
  assert.equal(kindOf({ ...plain, isDirect: true, joinRule: 'public' }), 'public');
  assert.equal(kindOf({ ...plain, joinRule: 'restricted' }), 'private');
  assert.equal(kindOf({ ...plain, roomType: 'm.space', joinRule: 'public' }), 'team');
});

test('apps are told, and nobody without a token', async () => {
  const policy = await server.api('GET', '/_sotto/client/v1/policy', { token: mira.accessToken });
  assert.deepEqual(policy.body, {
    encryption: { direct: 'forced', private: 'forced', public: 'forbidden', team: 'optional' },
    verified_only: ['private'],
  });
  assert.equal((await server.api('GET', '/_sotto/client/v1/policy')).status, 401);
});

test('rooms begin as the policy wants it, whatever the client says', async () => {
  assert.equal(await isEncrypted(await create()), true);
  assert.equal(await isEncrypted(await create({ is_direct: true, preset: 'trusted_private_chat' })), true);
  assert.equal(await isEncrypted(await create({ initial_state: [encryption] })), true);
  assert.equal(await isEncrypted(await create({ preset: 'public_chat' })), false);
  assert.equal(await isEncrypted(await create({ creation_content: { type: 'm.space' } })), false);
  const refused = { preset: 'public_chat', initial_state: [encryption] };
  assert.deepEqual(await ask('POST', '/v3/createRoom', refused), no);
  const opened = { initial_state: [encryption, { type: 'm.room.join_rules', content: { join_rule: 'public' } }] };
  assert.deepEqual(await ask('POST', '/v3/createRoom', opened), no);
});

test('encryption is turned on where it may be, and never off or changed', async () => {
  const state = 'state/m.room.encryption';
  const open = await create({ preset: 'public_chat' });
  assert.deepEqual(await ask('PUT', at(open, state), encryption.content), no);
  const team = await create({ creation_content: { type: 'm.space' } });
  assert.deepEqual(await ask('PUT', at(team, state), encryption.content), fine);
  assert.deepEqual(await ask('PUT', at(team, state), { algorithm: 'org.example.rot13' }), no);
  assert.deepEqual(await ask('PUT', at(team, state), { ...encryption.content, rotation_period_msgs: 10 }), fine);
  assert.notEqual((await mira.api('PUT', at(team, state), { body: {} })).status, 200);
});

test('a room that becomes one of another kind must fit into it', async () => {
  const joinRules = 'state/m.room.join_rules';
  const hidden = await create();
  assert.deepEqual(await ask('PUT', at(hidden, joinRules), { join_rule: 'public' }), no);
  assert.deepEqual(await ask('PUT', at(hidden, joinRules), { join_rule: 'knock' }), fine);
  const open = await create({ preset: 'public_chat' });
  assert.deepEqual(await ask('PUT', at(open, joinRules), { join_rule: 'invite' }), no);
});

test('where encryption is forced, nothing is said in clear', async () => {
  const room = await create({ invite: [tom.userId] });
  const send = (type: string, content: object) =>
    ask('PUT', at(room, `send/${type}/${encodeURIComponent(JSON.stringify([type, content]))}`), content);
  assert.deepEqual(await send('m.room.message', { msgtype: 'm.text', body: 'hello' }), no);
  assert.deepEqual(await send('org.example.note', { text: 'hello' }), no);
  assert.deepEqual(await send('m.room.encrypted', { algorithm: encryption.content.algorithm, ciphertext: 'x' }), fine);
  assert.deepEqual(await send('m.room.message', { msgtype: 'm.key.verification.request', to: tom.userId }), fine);
  assert.deepEqual(await send('m.key.verification.cancel', { code: 'm.user' }), fine);
  const open = await create({ preset: 'public_chat' });
  assert.deepEqual(await ask('PUT', at(open, 'send/m.room.message/1'), { msgtype: 'm.text', body: 'hello' }), fine);
});

test('a successor is what the policy wants, and stays direct', async () => {
  const chat = await create({ is_direct: true, preset: 'trusted_private_chat', invite: [tom.userId] });
  const upgrade = (body: object) => ask('POST', at(chat, 'upgrade'), { new_version: '12', ...body });
  assert.deepEqual(await upgrade({ 'org.sotto.encrypted': false }), no);
  const { replacement_room: next } = await mira.call('POST', at(chat, 'upgrade'), { new_version: '12' });
  assert.equal(await isEncrypted(next), true);
  const open = await create({ preset: 'public_chat' });
  const wish = { new_version: '12', 'org.sotto.encrypted': true };
  assert.deepEqual(await ask('POST', at(open, 'upgrade'), wish), no);
});

test('without a word of the operator each room is as its maker wishes', async (t) => {
  const plain = await startServer();
  t.after(() => plain.stop());
  const ann = await registerUser(plain, 'ann');
  const { room_id: room } = await ann.call('POST', '/v3/createRoom', {});
  assert.equal((await ann.api('GET', at(room, 'state/m.room.encryption'))).status, 404);
  await ann.call('PUT', at(room, 'state/m.room.encryption'), encryption.content);
  await ann.call('PUT', at(room, 'send/m.room.message/1'), { msgtype: 'm.text', body: 'old clients may' });
});
