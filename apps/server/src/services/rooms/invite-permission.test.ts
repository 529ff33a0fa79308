import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServerWith, registerUser, type TestUser } from '@sotto/testing';

const { server, mira } = await openServerWith(['mira']);

let count = 0;
const someone = () => registerUser(server, `someone${++count}`);
const setData = (who: TestUser, type: string, content: object) =>
  who.call('PUT', `/v3/user/${who.userId}/account_data/${type}`, content);

async function invite(target: TestUser) {
  const { room_id: room } = await mira.call('POST', '/v3/createRoom', {});
  const path = `/v3/rooms/${encodeURIComponent(room)}`;
  const { status, body } = await mira.api('POST', `${path}/invite`, { body: { user_id: target.userId } });
  return { room, path, said: [status, body.errcode] };
}
const sees = async (who: TestUser, room: string) =>
  (await who.call('GET', '/v3/sync')).rooms.invite?.[room] !== undefined;

test('what one says about invites is obeyed', async () => {
  const [stable, unstable] = ['m.invite_permission_config', 'org.matrix.msc4155.invite_permission_config'] as const;
  const blocked = [403, 'M_INVITE_BLOCKED'];
  const ok = [200, undefined];
  const rows: [string, object, unknown[], boolean][] = [
    [stable, { default_action: 'block' }, blocked, false],
    [stable, { default_action: 'other' }, ok, true],
    [stable, {}, ok, true],
    [unstable, { blocked_users: [mira.userId] }, blocked, false],
    [unstable, { ignored_users: [mira.userId] }, ok, false],
    [unstable, { blocked_users: ['@m?ra:*'] }, blocked, false],
    [unstable, { blocked_servers: ['local*'] }, blocked, false],
    [unstable, { ignored_servers: ['localhost'] }, ok, false],
    [unstable, { blocked_servers: ['*'], allowed_users: [mira.userId] }, ok, true],
    [unstable, { blocked_users: [mira.userId], allowed_servers: ['*'] }, blocked, false],
    [unstable, { ignored_users: [mira.userId], allowed_users: [mira.userId] }, ok, true],
    [unstable, { blocked_users: null, allowed_users: 7, ignored_servers: [null] }, ok, true],
    [unstable, { enabled: false, blocked_users: [mira.userId] }, ok, true],
  ];
  for (const [type, content, expected, isSeen] of rows) {
    const target = await someone();
    await setData(target, type, content);
    const { room, path, said } = await invite(target);
    assert.deepEqual(said, expected, JSON.stringify(content));
    assert.equal(await sees(target, room), isSeen, JSON.stringify(content));
    if (expected !== blocked) continue;
    const member = `${path}/state/m.room.member/${encodeURIComponent(target.userId)}`;
    const put = await mira.api('PUT', member, { body: { membership: 'invite' } });
    assert.deepEqual([put.status, put.body.errcode], blocked);
    const created = await mira.api('POST', '/v3/createRoom', { body: { invite: [target.userId] } });
    assert.deepEqual([created.status, created.body.errcode], blocked);
  }
});

test('invites that came before are hidden while they are blocked', async () => {
  const target = await someone();
  const { room } = await invite(target);
  assert.equal(await sees(target, room), true);
  await setData(target, 'm.invite_permission_config', { default_action: 'block' });
  assert.equal(await sees(target, room), false);
  await setData(target, 'm.invite_permission_config', {});
  assert.equal(await sees(target, room), true);
});

test('invites of people whom one ignores do not arrive, and others do', async () => {
  const target = await someone();
  await setData(target, 'm.ignored_user_list', { ignored_users: { [mira.userId]: {} } });
  const { next_batch: since, rooms } = await target.call('GET', '/v3/sync');
  assert.equal(rooms.invite, undefined);
  const { room, said } = await invite(target);
  assert.deepEqual(said, [200, undefined]);
  const friend = await someone();
  const body = { invite: [target.userId] };
  const { room_id: welcome } = await friend.call('POST', '/v3/createRoom', body);
  const news = await target.call('GET', `/v3/sync?since=${since}`);
  assert.deepEqual(Object.keys(news.rooms.invite), [welcome]);
  assert.equal((await target.call('POST', `/v3/join/${encodeURIComponent(room)}`)).room_id, room);
});

test('what ignored people write is not told, what they set is; from now on, and until they are heard again', async () => {
  const [reader, loud] = [await someone(), await someone()];
  const { room_id: room } = await mira.call('POST', '/v3/createRoom', { preset: 'public_chat' });
  const path = `/v3/rooms/${encodeURIComponent(room)}`;
  for (const each of [reader, loud]) await each.call('POST', `${path}/join`, {});
  await mira.call('PUT', `${path}/state/m.room.power_levels`, { users: { [loud.userId]: 50 } });
  const say = async (who: TestUser, body: string) =>
    (await who.call('PUT', `${path}/send/m.room.message/${body}`, { msgtype: 'm.text', body })).event_id;
  await say(loud, 'before');
  await setData(reader, 'm.ignored_user_list', { ignored_users: { [loud.userId]: {} } });
  const { next_batch: since } = await reader.call('GET', '/v3/sync');
  await say(loud, 'ignored');
  const quiet = await reader.call('GET', `/v3/sync?since=${since}`);
  assert.equal(quiet.rooms.join, undefined, 'nobody is woken by it');
  await loud.call('PUT', `${path}/state/m.room.name`, { name: 'Loud' });
  await say(mira, 'heard');
  const news = await reader.call('GET', `/v3/sync?since=${since}`);
  const texts = (events: { type: string; content: { body?: string } }[]) =>
    events.map((event) => event.content.body ?? event.type);
  assert.deepEqual(texts(news.rooms.join[room].timeline.events), ['m.room.name', 'heard']);
  const page = async () =>
    texts((await reader.call('GET', `${path}/messages?dir=b&limit=3&filter={"types":["m.room.message"]}`)).chunk);
  assert.deepEqual(await page(), ['heard']);
  await setData(reader, 'm.ignored_user_list', { ignored_users: {} });
  assert.deepEqual(await page(), ['heard', 'ignored', 'before']);
});
