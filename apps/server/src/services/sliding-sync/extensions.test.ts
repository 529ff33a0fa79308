import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom, openServerWith, registerUser } from '@sotto/testing';

const { server, mira, tom } = await openServerWith(['mira', 'tom']);
const room = await createTestRoom(mira);
await room.join(tom);

const quote = encodeURIComponent;
const on = { enabled: true };
const list = { ranges: [[0, 9]], timeline_limit: 5, required_state: [] };

async function ask(extensions: object, { pos = '', more = '', lists = { main: list } as object } = {}) {
  const query = pos === '' ? '' : `?pos=${pos}${more}`;
  return mira.call('POST', `/unstable/org.matrix.simplified_msc3575/sync${query}`, { lists, extensions });
}

test('messages to the device come by their own token, and are gone once it came back', async () => {
  const send = (body: string) =>
    tom.call('PUT', `/v3/sendToDevice/org.example.note/${body}`, { messages: { [mira.userId]: { '*': { body } } } });
  const first = await ask({ to_device: on });
  assert.deepEqual(first.extensions.to_device.events, []);
  const poll = ask(
    { to_device: { ...on, since: first.extensions.to_device.next_batch } },
    { pos: first.pos, more: '&timeout=55000' },
  );
  await send('one');
  const answer = await poll;
  const { events, next_batch: since } = answer.extensions.to_device;
  assert.deepEqual(events[0].content, { body: 'one' });
  assert.equal(events[0].sender, tom.userId);
  for (const body of ['two', 'three']) await send(body);
  const limited = await ask({ to_device: { ...on, since, limit: 1 } }, { pos: answer.pos });
  assert.deepEqual(limited.extensions.to_device.events[0].content, { body: 'two' });
  const rest = await ask(
    { to_device: { ...on, since: limited.extensions.to_device.next_batch } },
    { pos: limited.pos },
  );
  assert.deepEqual(rest.extensions.to_device.events[0].content, { body: 'three' });
  assert.equal(rest.extensions.to_device.events.length, 1);
});

test('encryption: counts always, changed devices since the last answer', async () => {
  const first = await ask({ e2ee: on });
  assert.deepEqual(first.extensions.e2ee, {
    device_one_time_keys_count: { signed_curve25519: 0 },
    device_unused_fallback_key_types: [],
  });
  const eve = await registerUser(server, 'eve');
  const shared = await createTestRoom(mira);
  await shared.join(eve);
  const next = await ask({ e2ee: on }, { pos: first.pos });
  assert.ok(next.extensions.e2ee.device_lists.changed.includes(eve.userId));
});

test('account data: all of it at first, then what changed', async () => {
  const user = `/v3/user/${quote(mira.userId)}`;
  await mira.call('PUT', `${user}/account_data/org.example.own`, { value: 1 });
  await mira.call('PUT', `${user}/rooms/${quote(room.roomId)}/account_data/org.example.room`, { value: 2 });
  const first = (await ask({ account_data: on })).extensions.account_data;
  const types = first.global.map((event: { type: string }) => event.type);
  assert.ok(types.includes('org.example.own') && types.includes('m.push_rules'));
  assert.deepEqual(first.rooms[room.roomId], [{ type: 'org.example.room', content: { value: 2 } }]);
  const { pos } = await ask({ account_data: on });
  await mira.call('PUT', `${user}/rooms/${quote(room.roomId)}/account_data/org.example.room`, { value: 3 });
  const next = (await ask({ account_data: on }, { pos, more: '&timeout=55000' })).extensions.account_data;
  assert.deepEqual(next, {
    global: [],
    rooms: { [room.roomId]: [{ type: 'org.example.room', content: { value: 3 } }] },
  });
  const elsewhere = await ask({ account_data: { ...on, lists: [] } });
  assert.deepEqual(elsewhere.extensions.account_data.rooms, {}, 'only of the lists that are named');
});

test('receipts: those on what is told, then all that move; private ones are one’s own', async () => {
  const old = await room.say(mira, 'Old');
  await tom.call('POST', room.at(`receipt/m.read/${quote(old)}`), {});
  for (let turn = 0; turn < 6; turn++) await room.say(mira, `${turn}`);
  const first = await ask({ receipts: on });
  assert.deepEqual(first.extensions.receipts.rooms, {}, 'not on what is too old to be told');
  const last = await room.say(mira, 'Last');
  const told = await ask({ receipts: on }, { pos: first.pos });
  await tom.call('POST', room.at(`receipt/m.read/${quote(last)}`), {});
  const next = await ask({ receipts: on }, { pos: told.pos, more: '&timeout=55000' });
  const { type, content } = next.extensions.receipts.rooms[room.roomId];
  assert.equal(type, 'm.receipt');
  assert.ok(content[last]['m.read'][tom.userId].ts > 0);
  await tom.call('POST', room.at(`receipt/m.read.private/${quote(last)}`), {});
  assert.deepEqual((await ask({ receipts: on }, { pos: next.pos })).extensions.receipts.rooms, {});
});

test('typing: who does, and that they stopped', async () => {
  const { pos } = await ask({ typing: on });
  const type = (typing: boolean) =>
    tom.call('PUT', room.at(`typing/${quote(tom.userId)}`), { typing, ...(typing && { timeout: 120_000 }) });
  await type(true);
  const began = await ask({ typing: on }, { pos, more: '&timeout=55000' });
  assert.deepEqual(began.extensions.typing.rooms, {
    [room.roomId]: { type: 'm.typing', content: { user_ids: [tom.userId] } },
  });
  await type(false);
  const ended = await ask({ typing: on }, { pos: began.pos });
  assert.deepEqual(ended.extensions.typing.rooms[room.roomId].content.user_ids, []);
});

test('what happened while a room was out of sight is told when it comes back', async () => {
  const busy = await createTestRoom(mira);
  const quiet = room;
  const top = { ...list, ranges: [[0, 0]] };
  await quiet.say(tom, 'On top');
  const first = await ask({ account_data: on }, { lists: { main: top } });
  assert.ok(first.rooms[quiet.roomId]);
  await busy.say(mira, 'Now on top');
  const user = `/v3/user/${quote(mira.userId)}/rooms/${quote(quiet.roomId)}/account_data/org.example.room`;
  await mira.call('PUT', user, { value: 'meanwhile' });
  const second = await ask({ account_data: on }, { lists: { main: top }, pos: first.pos });
  assert.deepEqual(Object.keys(second.rooms), [busy.roomId]);
  await quiet.say(tom, 'Back');
  const third = await ask({ account_data: on }, { lists: { main: top }, pos: second.pos });
  assert.equal(third.rooms[quiet.roomId].timeline.at(-1).content.body, 'Back');
  const data = third.extensions.account_data.rooms[quiet.roomId];
  assert.deepEqual(data.at(-1).content, { value: 'meanwhile' });
});
