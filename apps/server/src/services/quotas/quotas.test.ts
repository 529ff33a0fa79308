import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Answer, openServerWith, registerUser, startBridge, type TestUser } from '@sotto/testing';

const quotas = {
  mediaBytes: 30_000,
  accountDataBytes: 3000,
  keyBackupBytes: 3000,
  waitingBytes: 3000,
  devices: 2,
  rooms: 2,
};
const config = { quotas, server: { contactPage: 'https://example.org/help' } };
const { server, eve, mira } = await openServerWith(['eve', 'mira'], { config });

const refused = ({ status, body }: Answer, what: string) => {
  assert.deepEqual([status, body.errcode], [403, 'M_USER_LIMIT_EXCEEDED'], what);
  assert.equal(body.info_uri, 'https://example.org/help');
};
const upload = (who: TestUser, bytes: number, letter: string) =>
  who.api('POST', '/_matrix/media/v3/upload', { body: Buffer.alloc(bytes, letter) });
const filesOnDisk = () =>
  readdirSync(join(server.dataDir, 'media'), { recursive: true, withFileTypes: true }).filter((each) => each.isFile());

test('files of one person stop at their limit, leave nothing behind, and count no more once deleted', async () => {
  const admin = await registerUser(server, 'root', { token: await server.firstRunToken() });
  const first = await upload(eve, 10_000, 'a');
  assert.equal(first.status, 200);
  const before = filesOnDisk().length;
  refused(await upload(eve, 20_000, 'b'), 'too much together');
  assert.equal(filesOnDisk().length, before, 'what was refused is not kept');
  assert.equal((await upload(mira, 20_000, 'b')).status, 200, 'each has their own');
  const place = await eve.call('POST', '/_matrix/media/v1/create');
  const path = place.content_uri.replace('mxc://', '/_matrix/media/v3/upload/');
  refused(await eve.api('PUT', path, { body: Buffer.alloc(20_000, 'c') }), 'by a place as well');
  const mediaId = first.body.content_uri.split('/').at(-1);
  await admin.call('DELETE', `/_sotto/admin/v1/media/${mediaId}`);
  assert.equal((await eve.api('PUT', path, { body: Buffer.alloc(20_000, 'c') })).status, 200, 'there is room again');
  assert.equal((await upload(eve, 1, 'd')).status, 200);
  refused(await upload(eve, 1, 'e'), 'a file takes a block of the disk, however small it is');
});

test('account data, tags and filters count together; what becomes less is never refused', async () => {
  const at = (type: string) => `/v3/user/${eve.userId}/account_data/org.example.${type}`;
  await eve.call('PUT', at('large'), { text: 'x'.repeat(2000) });
  refused(await eve.api('PUT', at('more'), { body: { text: 'x'.repeat(900) } }), 'more of it');
  assert.equal((await eve.api('GET', at('more'))).status, 404, 'and it is not there');
  const filter = { room: { rooms: Array.from({ length: 40 }, (_, index) => `!room${index}:localhost`) } };
  refused(await eve.api('POST', `/v3/user/${eve.userId}/filter`, { body: filter }), 'a filter');
  const tag = `/v3/user/${eve.userId}/rooms/!room:localhost/tags/u.x`;
  refused(await eve.api('PUT', tag, { body: { note: 'x'.repeat(900) } }), 'a tag');
  await eve.call('PUT', at('large'), { text: 'x'.repeat(1900) });
  await eve.call('PUT', at('large'), {});
  await eve.call('PUT', at('more'), { text: 'x'.repeat(900) });
  await eve.call('POST', `/v3/user/${eve.userId}/filter`, filter);
});

test('key backups stop at their limit, and deleting one makes room', async () => {
  const backup = { algorithm: 'm.megolm_backup.v1.curve25519-aes-sha2', auth_data: { public_key: 'abc' } };
  const { version } = await eve.call('POST', '/v3/room_keys/version', backup);
  const key = (length: number) => ({
    first_message_index: 1,
    forwarded_count: 0,
    is_verified: false,
    session_data: { ciphertext: 'x'.repeat(length) },
  });
  const at = (session: string, of = version) => `/v3/room_keys/keys/!room:localhost/${session}?version=${of}`;
  await eve.call('PUT', at('one'), key(2000));
  refused(await eve.api('PUT', at('two'), { body: key(2000) }), 'a second key');
  await eve.call('PUT', at('one'), { ...key(100), first_message_index: 0 });
  await eve.call('PUT', at('two'), key(1000));
  refused(await eve.api('PUT', at('three'), { body: key(2000) }), 'a third one');
  await eve.call('DELETE', at('two'));
  await eve.call('DELETE', `/v3/room_keys/version/${version}`);
  const huge = { ...backup, auth_data: { public_key: 'x'.repeat(3000) } };
  refused(await eve.api('POST', '/v3/room_keys/version', { body: huge }), 'a backup that describes itself at length');
  const next = await eve.call('POST', '/v3/room_keys/version', backup);
  await eve.call('PUT', at('one', next.version), key(1500));
});

test('so much waits at a device from one sender; from others it gets what they send, and all again once it has read', async () => {
  let [count, since] = [0, ''];
  const send = (who: TestUser, length: number) =>
    who.call('PUT', `/v3/sendToDevice/org.example.note/t${count++}`, {
      messages: { [mira.userId]: { [mira.deviceId]: { text: `${count}`.padEnd(length) } } },
    });
  const read = async () => {
    const answer = await mira.call('GET', `/v3/sync?timeout=0${since}`);
    since = `&since=${answer.next_batch}`;
    return (answer.to_device?.events ?? []).map((event: { sender: string }) => event.sender);
  };
  for (const length of [1000, 1000, 1000, 1000, 10]) await send(eve, length);
  await send(mira, 1000);
  assert.deepEqual(await read(), [eve.userId, eve.userId, eve.userId, mira.userId]);
  assert.deepEqual(await read(), [], 'what it has is gone');
  for (const length of [1000, 1000]) await send(eve, length);
  assert.deepEqual(await read(), [eve.userId, eve.userId]);
});

test('a person has so many sessions, and gets in again on one that is there', async () => {
  const logIn = (device_id: string) =>
    server.api('POST', '/v3/login', {
      body: {
        type: 'm.login.password',
        identifier: { type: 'm.id.user', user: 'eve' },
        password: eve.password,
        device_id,
      },
    });
  assert.equal((await logIn('SECOND')).status, 200);
  refused(await logIn('THIRD'), 'one more');
  const again = await logIn('SECOND');
  assert.equal(again.status, 200);
  await server.api('POST', '/v3/logout', { token: again.body.access_token });
  assert.equal((await logIn('THIRD')).status, 200);
});

test('a person is in so many rooms, their own and those of others', async () => {
  const { room_id: theirs } = await mira.call('POST', '/v3/createRoom', { preset: 'public_chat' });
  const { room_id: own } = await eve.call('POST', '/v3/createRoom', {});
  await eve.call('POST', `/v3/join/${encodeURIComponent(theirs)}`);
  refused(await eve.api('POST', '/v3/createRoom', { body: {} }), 'one more of their own');
  await eve.call('POST', `/v3/join/${encodeURIComponent(theirs)}`);
  await eve.call('PUT', `/v3/profile/${eve.userId}/displayname`, { displayname: 'Eve' });
  await eve.call('POST', `/v3/rooms/${encodeURIComponent(own)}/leave`);
  const { room_id: last } = await mira.call('POST', '/v3/createRoom', { invite: [eve.userId] });
  await eve.call('POST', `/v3/join/${encodeURIComponent(last)}`);
});

test('the people of an application service have no quota', async (t) => {
  const bridged = await startBridge({ config });
  t.after(bridged.stop);
  const kept = { text: 'x'.repeat(5000) };
  const keep = (userId: string, ask: typeof bridged.as) =>
    ask('PUT', `/v3/user/${userId}/account_data/org.example.large?user_id=${userId}`, kept);
  await bridged.as('POST', '/v3/register', { type: 'm.login.application_service', username: '_bridge_ada' });
  for (const name of ['_bridge_bot', '_bridge_ada'])
    assert.equal((await keep(`@${name}:localhost`, bridged.as)).status, 200, name);
  const nils = await registerUser(bridged.server, 'nils');
  refused(await keep(nils.userId, (method, path, body) => nils.api(method, path, { body })), 'anybody else');
});
