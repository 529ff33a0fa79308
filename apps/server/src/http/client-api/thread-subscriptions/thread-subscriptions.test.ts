import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom, type JsonBody, openServerWith, registerUser, type TestRoom } from '@sotto/testing';

const { server, mira, tom, eve } = await openServerWith(['mira', 'tom', 'eve']);
let room: TestRoom;
let root: string;

const quote = encodeURIComponent;
const prefix = '/unstable/io.element.msc4306/rooms';
const place = (threadId: string, roomId = room.roomId) =>
  `${prefix}/${quote(roomId)}/thread/${quote(threadId)}/subscription`;
const inThread = (threadId: string, body: string) => ({
  msgtype: 'm.text',
  body,
  'm.relates_to': { rel_type: 'm.thread', event_id: threadId },
});
const refusal = ({ status, body }: { status: number; body: JsonBody }) => [status, body.errcode];
const conflict = [409, 'IO.ELEMENT.MSC4306.M_CONFLICTING_UNSUBSCRIPTION'];
const notInThread = [400, 'IO.ELEMENT.MSC4306.M_NOT_IN_THREAD'];

async function fresh(): Promise<void> {
  room = await createTestRoom(mira);
  await room.join(tom);
  root = await room.say(mira, 'Root');
}

test('a thread is followed and not followed any more', async () => {
  await fresh();
  assert.deepEqual(refusal(await mira.api('GET', place(root))), [404, 'M_NOT_FOUND']);
  await mira.call('PUT', place(root), {});
  assert.deepEqual(await mira.call('GET', place(root)), { automatic: false });
  assert.deepEqual(refusal(await tom.api('GET', place(root))), [404, 'M_NOT_FOUND']);
  for (let time = 0; time < 2; time++) assert.deepEqual(await mira.call('DELETE', place(root)), {});
  assert.deepEqual(refusal(await mira.api('GET', place(root))), [404, 'M_NOT_FOUND']);
  const { unstable_features } = (await server.api('GET', '/_matrix/client/versions')).body;
  assert.equal(unstable_features['org.matrix.msc4306'], true);
});

test('a client subscribes by itself for an event in the thread, unless the person has left it since', async () => {
  await fresh();
  const automatic = (cause: string) => mira.api('PUT', place(root), { body: { automatic: cause } });
  const other = await room.say(mira, 'Other root');
  const elsewhere = await room.say(tom, inThread(other, 'Elsewhere'));
  for (const cause of [root, elsewhere]) assert.deepEqual(refusal(await automatic(cause)), notInThread);
  assert.deepEqual(refusal(await automatic('$nothing')), [404, 'M_NOT_FOUND']);
  assert.deepEqual(refusal(await automatic('nothing')), [400, 'M_BAD_JSON']);
  const first = await room.say(tom, inThread(root, 'First'));
  assert.equal((await automatic(first)).status, 200);
  assert.deepEqual(await mira.call('GET', place(root)), { automatic: true });
  await mira.call('PUT', place(root), {});
  await automatic(first);
  assert.deepEqual(await mira.call('GET', place(root)), { automatic: false });
  const second = await room.say(tom, inThread(root, 'Second'));
  await mira.call('DELETE', place(root));
  const third = await room.say(tom, inThread(root, 'Third'));
  const reaction = await room.say(
    tom,
    { 'm.relates_to': { rel_type: 'm.annotation', event_id: third, key: '+' } },
    'm.reaction',
  );
  for (const cause of [first, second]) assert.deepEqual(refusal(await automatic(cause)), conflict);
  assert.deepEqual(refusal(await mira.api('GET', place(root))), [404, 'M_NOT_FOUND']);
  assert.equal((await automatic(reaction)).status, 200);
  assert.deepEqual(await mira.call('GET', place(root)), { automatic: true });
});

test('nobody learns of a thread that is not theirs to see', async () => {
  await fresh();
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const body = method === 'PUT' ? { body: {} } : {};
    assert.deepEqual(refusal(await eve.api(method, place(root), body)), [404, 'M_NOT_FOUND']);
    assert.deepEqual(refusal(await mira.api(method, place('$nothing'), body)), [404, 'M_NOT_FOUND']);
    assert.deepEqual(refusal(await mira.api(method, place(root, '!other:localhost'), body)), [404, 'M_NOT_FOUND']);
    assert.deepEqual(refusal(await mira.api(method, place('nothing'), body)), [400, 'M_INVALID_PARAM']);
    assert.equal((await server.api(method, place(root), body)).status, 401);
  }
});

test('who follows threads is told of those alone, and of mentions', async () => {
  await fresh();
  const ben = await registerUser(server, 'ben');
  await room.join(ben);
  const filter = quote(JSON.stringify({ room: { timeline: { unread_thread_notifications: true } } }));
  const unread = async (threadId: string) => {
    const { rooms } = await ben.call('GET', `/v3/sync?filter=${filter}`);
    return rooms.join[room.roomId].unread_thread_notifications?.[threadId]?.notification_count ?? 0;
  };
  const other = await room.say(mira, 'Other root');
  await room.say(tom, inThread(root, 'One'));
  await room.say(tom, inThread(other, 'Two'));
  assert.deepEqual([await unread(root), await unread(other)], [1, 1], 'who follows none is told of all');
  assert.equal((await ben.call('GET', '/v3/pushrules/')).global.postcontent, undefined);
  const { next_batch: since } = await ben.call('GET', '/v3/sync');
  await ben.call('PUT', place(root), {});
  const told = await ben.call('GET', `/v3/sync?since=${since}`);
  const [{ content }] = told.account_data.events.filter((event: JsonBody) => event.type === 'm.push_rules');
  assert.deepEqual(
    content.global.postcontent.map((rule: JsonBody) => [rule.rule_id, rule.enabled]),
    [
      ['.io.element.msc4306.rule.unsubscribed_thread', true],
      ['.io.element.msc4306.rule.subscribed_thread', true],
    ],
  );
  await room.say(tom, inThread(root, 'Three'));
  await room.say(tom, inThread(other, 'Four'));
  assert.deepEqual([await unread(root), await unread(other)], [2, 0]);
  await room.say(tom, { ...inThread(other, 'Ben!'), 'm.mentions': { user_ids: [ben.userId] } });
  assert.deepEqual([await unread(root), await unread(other)], [2, 1]);
  await ben.call('PUT', `/v3/pushrules/global/room/${quote(room.roomId)}`, { actions: [] });
  assert.equal(await unread(root), 2, 'a silent room keeps no followed thread quiet');
  await ben.call('DELETE', place(root));
  assert.equal(await unread(root), 0);
  await ben.call('PUT', '/v3/pushrules/global/postcontent/.io.element.msc4306.rule.unsubscribed_thread/enabled', {
    enabled: false,
  });
  await ben.call('DELETE', `/v3/pushrules/global/room/${quote(room.roomId)}`);
  assert.deepEqual([await unread(root), await unread(other)], [2, 3]);
  const own = await ben.api('PUT', '/v3/pushrules/global/postcontent/mine', { body: { actions: [] } });
  assert.deepEqual(refusal(own), [400, 'M_INVALID_PARAM']);
});

test('sliding sync tells what changed, and the rest is read backwards', async () => {
  await fresh();
  const ada = await registerUser(server, 'ada');
  await room.join(ada);
  const name = 'io.element.msc4308.thread_subscriptions';
  const slide = async (pos?: string, limit?: number) => {
    const query = pos === undefined ? '' : `?pos=${quote(pos)}&timeout=55000`;
    const body = { extensions: { [name]: { enabled: true, ...(limit && { limit }) } } };
    return ada.call('POST', `/unstable/org.matrix.simplified_msc3575/sync${query}`, body);
  };
  const first = await slide();
  assert.equal(first.extensions[name], undefined);
  const waiting = slide(first.pos);
  await ada.call('PUT', place(root), {});
  const second = await waiting;
  assert.equal(second.extensions[name].subscribed[room.roomId][root].automatic, false);
  const stamp = second.extensions[name].subscribed[room.roomId][root].bump_stamp;
  assert.ok(Number.isSafeInteger(stamp));
  await ada.call('DELETE', place(root));
  const roots: string[] = [];
  for (let number = 0; number < 3; number++) {
    const threadId = await room.say(mira, `Root ${number}`);
    roots.push(threadId);
    await ada.call('PUT', place(threadId), {});
  }
  const third = await slide(second.pos, 2);
  const { subscribed, unsubscribed, prev_batch: rest } = third.extensions[name];
  assert.deepEqual(Object.keys(subscribed[room.roomId]).sort(), roots.slice(1).sort());
  assert.equal(unsubscribed, undefined);
  const path = '/unstable/io.element.msc4308/thread_subscriptions?dir=b';
  const more = await ada.call('GET', `${path}&from=${quote(rest)}&to=${quote(second.pos)}`);
  assert.deepEqual(Object.keys(more.subscribed[room.roomId]), roots.slice(0, 1));
  assert.ok(more.unsubscribed[room.roomId][root].bump_stamp > stamp);
  assert.equal(more.end, undefined);
  const page = await ada.call('GET', `${path}&limit=3`);
  assert.equal(Object.keys(page.subscribed[room.roomId]).length, 3);
  const end = await ada.call('GET', `${path}&limit=3&from=${quote(page.end)}`);
  assert.deepEqual(Object.keys(end), ['unsubscribed']);
  assert.deepEqual(await mira.call('GET', `${path}&to=${quote(second.pos)}&from=s1`), {});
  assert.deepEqual(refusal(await ada.api('GET', path.replace('?dir=b', ''))), [400, 'M_MISSING_PARAM']);
  for (const query of ['?dir=f', '?dir=b&limit=0', '?dir=b&from=x', '?dir=b&to=x']) {
    const answer = await ada.api('GET', `${path.replace('?dir=b', '')}${query}`);
    assert.deepEqual(refusal(answer), [400, 'M_INVALID_PARAM']);
  }
});
