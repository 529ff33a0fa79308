import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonBody, openServerWith, type TestUser } from '@sotto/testing';

const { mira, tom } = await openServerWith(['mira', 'tom']);

let count = 0;
async function send(from: TestUser, roomId: string, content: object = {}): Promise<string> {
  const path = `/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/txn${count++}`;
  return (await from.call('PUT', path, { msgtype: 'm.text', body: 'Hello', ...content })).event_id;
}

async function newRoom(): Promise<string> {
  const { room_id: roomId } = await mira.call('POST', '/v3/createRoom', { invite: [tom.userId] });
  await tom.call('POST', `/v3/join/${encodeURIComponent(roomId)}`);
  return roomId;
}

const idsOf = (answer: JsonBody) => answer.notifications.map((each: JsonBody) => each.event.event_id);

test('what one was notified of is listed over all rooms, newest first, page by page', async () => {
  const rooms = [await newRoom(), await newRoom()] as const;
  assert.deepEqual(await tom.call('GET', '/v3/notifications'), { notifications: [] });
  const sent: string[] = [];
  for (let n = 0; n < 6; n++) {
    const mention = n === 2 ? { 'm.mentions': { user_ids: [tom.userId] } } : {};
    sent.unshift(await send(mira, rooms[n % 2] as string, mention));
    await send(tom, rooms[0]);
    await send(mira, rooms[1], { msgtype: 'm.notice' });
  }
  const receipt = `/v3/rooms/${encodeURIComponent(rooms[0])}/receipt/m.read/${encodeURIComponent(sent[3] as string)}`;
  await tom.call('POST', receipt, {});
  const all = await tom.call('GET', '/v3/notifications');
  assert.deepEqual(idsOf(all), sent);
  assert.equal(all.next_token, undefined);
  const [first] = all.notifications;
  assert.equal(first.room_id, rooms[1]);
  assert.equal(first.event.content.body, 'Hello');
  assert.deepEqual(first.actions, ['notify', { set_tweak: 'sound', value: 'default' }]);
  assert.equal(first.ts, first.event.origin_server_ts);
  const read = all.notifications.filter((each: JsonBody) => each.read).map((each: JsonBody) => each.event.event_id);
  assert.deepEqual(read, [sent[3], sent[5]]);
  const paged: string[] = [];
  for (let from = ''; ; ) {
    const page = await tom.call('GET', `/v3/notifications?limit=4&from=${from}`);
    paged.push(...idsOf(page));
    if (page.next_token === undefined) break;
    from = page.next_token;
  }
  assert.deepEqual(paged, sent);
  assert.deepEqual(idsOf(await tom.call('GET', '/v3/notifications?only=highlight')), [sent[3]]);
});

test('a wrong page or limit is refused', async () => {
  for (const query of ['from=nonsense', 'from=s99999999', 'limit=0', 'limit=many']) {
    const answer = await tom.api('GET', `/v3/notifications?${query}`);
    assert.deepEqual([answer.status, answer.body.errcode], [400, 'M_INVALID_PARAM'], query);
  }
});
