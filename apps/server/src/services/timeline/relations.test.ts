import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom, type JsonBody, openServerWith, said, type TestRoom, type TestUser } from '@sotto/testing';

const { mira, tom, eve } = await openServerWith(['mira', 'tom', 'eve']);

const quote = encodeURIComponent;
const relation = (relType: string, eventId: string, more: object = {}) => ({
  'm.relates_to': { rel_type: relType, event_id: eventId, ...more },
});
const edit = (eventId: string, body: string) => ({
  ...relation('m.replace', eventId),
  msgtype: 'm.text',
  body: `* ${body}`,
  'm.new_content': { msgtype: 'm.text', body },
});
const inThread = (eventId: string, body: string) => ({ ...relation('m.thread', eventId), msgtype: 'm.text', body });
const react = (room: TestRoom, who: TestUser, [eventId, key]: [string, string]) =>
  who.api('PUT', room.at(`send/m.reaction/${quote(`${who.userId}${eventId}${key}${Math.random()}`)}`), {
    body: relation('m.annotation', eventId, { key }),
  });
const bundled = async (room: TestRoom, who: TestUser, eventId: string) =>
  (await who.call('GET', room.at(`event/${quote(eventId)}`))).unsigned['m.relations'];
const ids = (events: JsonBody[]) => events.map((event) => event.event_id);

test('the newest valid edit comes with the event', async () => {
  const room = await createTestRoom(mira);
  await room.join(tom);
  const message = await room.say(mira, 'One');
  assert.equal(await bundled(room, mira, message), undefined);
  await room.say(mira, edit(message, 'Two'));
  const second = await room.say(mira, edit(message, 'Three'));
  await room.say(tom, edit(message, 'Not his to change'));
  await room.say(mira, edit(message, 'Another type'), 'org.example.note');
  await room.say(mira, { ...edit(message, 'x'), 'm.new_content': 'no object' });
  await room.say(mira, edit(second, 'An edit of an edit'));
  const { 'm.replace': newest, ...others } = await bundled(room, tom, message);
  assert.equal(newest.event_id, second);
  assert.equal(newest.content['m.new_content'].body, 'Three');
  assert.equal(newest.room_id, room.roomId);
  assert.deepEqual(others, {});
  assert.equal((await mira.call('GET', room.at(`event/${quote(message)}`))).content.body, 'One', 'the original stays');
  await room.redact(mira, second);
  assert.equal((await bundled(room, tom, message))['m.replace'].content['m.new_content'].body, 'Two');
  await room.redact(mira, message);
  assert.equal(await bundled(room, tom, message), undefined, 'nothing stands in for what was struck out');
});

test('an encrypted edit has its new content inside', async () => {
  const room = await createTestRoom(mira);
  const content = { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'AAA', session_id: 's', sender_key: 'k' };
  const message = await room.say(mira, content, 'm.room.encrypted');
  const edited = await room.say(mira, { ...content, ...relation('m.replace', message) }, 'm.room.encrypted');
  assert.equal((await bundled(room, mira, message))['m.replace'].event_id, edited);
});

test('a thread comes with its newest event, its length and whether one is in it', async () => {
  const room = await createTestRoom(mira);
  await room.join(tom, eve);
  const root = await room.say(mira, 'Root');
  await room.say(tom, inThread(root, 'One'));
  const last = await room.say(tom, inThread(root, 'Two'));
  const edited = await room.say(tom, edit(last, 'Two, better'));
  const { 'm.thread': thread } = await bundled(room, eve, root);
  assert.deepEqual([thread.count, thread.current_user_participated], [2, false]);
  assert.equal(thread.latest_event.event_id, last);
  assert.equal(thread.latest_event.unsigned['m.relations']['m.replace'].event_id, edited);
  for (const who of [mira, tom])
    assert.equal((await bundled(room, who, root))['m.thread'].current_user_participated, true);
  await room.redact(tom, last);
  assert.equal((await bundled(room, eve, root))['m.thread'].count, 1);
});

test('references are listed, annotations are not', async () => {
  const room = await createTestRoom(mira);
  const message = await room.say(mira, 'Poll');
  const first = await room.say(mira, relation('m.reference', message), 'm.poll.response');
  const second = await room.say(mira, relation('m.reference', message), 'm.poll.response');
  await react(room, mira, [message, '👍']);
  assert.deepEqual(await bundled(room, mira, message), {
    'm.reference': { chunk: [{ event_id: first }, { event_id: second }] },
  });
});

test('sync, messages, context and relations bring what relates along', async () => {
  const room = await createTestRoom(mira);
  await room.join(tom);
  const root = await room.say(mira, 'Root');
  const reply = await room.say(tom, inThread(root, 'Reply'));
  const edited = await room.say(tom, edit(reply, 'Reply, better'));
  const find = (events: JsonBody[], id: string) => events.find((event) => event.event_id === id);
  const relations = (event: JsonBody) => event.unsigned['m.relations'];
  const synced = (await tom.call('GET', '/v3/sync')).rooms.join[room.roomId].timeline.events;
  assert.equal(relations(find(synced, root))['m.thread'].count, 1);
  const paged = (await tom.call('GET', room.at('messages?dir=b&limit=20'))).chunk;
  assert.equal(relations(find(paged, root))['m.thread'].latest_event.event_id, reply);
  const context = await tom.call('GET', room.at(`context/${quote(root)}`));
  assert.equal(relations(context.event)['m.thread'].count, 1);
  assert.equal(relations(find(context.events_after, reply))['m.replace'].event_id, edited);
  const { chunk } = await tom.call('GET', room.at(`relations/${quote(root)}`, 'v1'));
  assert.equal(relations(find(chunk, reply))['m.replace'].event_id, edited);
});

test('what relates to an event is paged both ways, and filtered', async () => {
  const room = await createTestRoom(mira);
  const root = await room.say(mira, 'Root');
  const sent: string[] = [];
  for (let number = 0; number < 5; number++) sent.push(await room.say(mira, inThread(root, `${number}`)));
  await react(room, mira, [root, '👍']);
  const path = (rest = '') => room.at(`relations/${quote(root)}${rest}`, 'v1');
  assert.equal((await mira.call('GET', path())).chunk.length, 6);
  const newest = await mira.call('GET', path('/m.thread?limit=2'));
  assert.deepEqual(ids(newest.chunk), [sent[4], sent[3]]);
  const next = await mira.call('GET', path(`/m.thread?limit=3&from=${newest.next_batch}`));
  assert.deepEqual(ids(next.chunk), [sent[2], sent[1], sent[0]]);
  assert.equal(next.next_batch, undefined);
  const oldest = await mira.call('GET', path('/m.thread?limit=4&dir=f'));
  assert.deepEqual(ids(oldest.chunk), sent.slice(0, 4));
  const rest = await mira.call('GET', path(`/m.thread?dir=f&from=${oldest.next_batch}`));
  assert.deepEqual(ids(rest.chunk), [sent[4]]);
  assert.deepEqual((await mira.call('GET', path('/m.thread/m.room.encrypted'))).chunk, []);
  assert.equal((await mira.call('GET', path('/m.annotation/m.reaction'))).chunk.length, 1);
});

test('relations of relations come when asked for, through what matches alone', async () => {
  const room = await createTestRoom(mira);
  const root = await room.say(mira, 'Root');
  const reply = await room.say(mira, inThread(root, 'Reply'));
  const edited = await room.say(mira, edit(reply, 'Reply, better'));
  const path = (rest = '') => room.at(`relations/${quote(root)}${rest}`, 'v1');
  assert.deepEqual(ids((await mira.call('GET', path())).chunk), [reply]);
  const deep = await mira.call('GET', path('?recurse=true'));
  assert.deepEqual(ids(deep.chunk), [edited, reply]);
  assert.equal(deep.recursion_depth, 3);
  assert.deepEqual(ids((await mira.call('GET', path('/m.replace?recurse=true'))).chunk), []);
});

test('only who can read an event learns what relates to it', async () => {
  const room = await createTestRoom(mira, { initial_state: visibleTo('joined') });
  const before = await room.say(mira, 'Before');
  const path = room.at(`relations/${quote(before)}`, 'v1');
  assert.deepEqual(said(await tom.api('GET', path)), [403, 'M_FORBIDDEN']);
  await room.join(tom);
  assert.deepEqual(said(await tom.api('GET', path)), [404, 'M_NOT_FOUND']);
  const root = await room.say(mira, 'Root');
  await room.say(mira, inThread(root, 'While there'));
  await room.leave(tom);
  await room.say(mira, inThread(root, 'Behind the back'));
  const thread = (await bundled(room, tom, root))['m.thread'];
  assert.deepEqual([thread.count, thread.latest_event.content.body], [1, 'While there']);
  assert.equal((await tom.call('GET', room.at(`relations/${quote(root)}`, 'v1'))).chunk.length, 1);
  assert.equal((await tom.call('GET', room.at('threads', 'v1'))).chunk[0].unsigned['m.relations']['m.thread'].count, 1);
});

test('nobody reacts twice in the same way, unless the first was struck out', async () => {
  const room = await createTestRoom(mira);
  await room.join(tom);
  const message = await room.say(mira, 'Nice?');
  const first = await react(room, tom, [message, '👍']);
  assert.equal(first.status, 200);
  assert.deepEqual(said(await react(room, tom, [message, '👍'])), [400, 'M_DUPLICATE_ANNOTATION']);
  assert.equal((await react(room, tom, [message, '👎'])).status, 200);
  assert.equal((await react(room, mira, [message, '👍'])).status, 200);
  await room.redact(tom, first.body.event_id);
  assert.equal((await react(room, tom, [message, '👍'])).status, 200);
});

test('a thread begins at no event that is part of something else', async () => {
  const room = await createTestRoom(mira);
  const root = await room.say(mira, 'Root');
  const reply = await room.say(mira, inThread(root, 'Reply'));
  const path = room.at('send/m.room.message/nested');
  assert.deepEqual(said(await mira.api('PUT', path, { body: inThread(reply, 'Nested') })), [400, 'M_UNKNOWN']);
});

test('threads are listed, the liveliest first, or those one is in', async () => {
  const room = await createTestRoom(mira);
  await room.join(tom);
  const roots: string[] = [];
  for (const who of [mira, tom, tom]) roots.push(await room.say(who, 'Root'));
  for (const root of roots) await room.say(tom, inThread(root, 'Reply'));
  await room.say(tom, inThread(roots[0] as string, 'Once more'));
  const list = (query = '', who = tom) => who.call('GET', room.at(`threads${query}`, 'v1'));
  assert.deepEqual(ids((await list()).chunk), [roots[0], roots[2], roots[1]]);
  const first = await list('?limit=1');
  assert.deepEqual(ids(first.chunk), [roots[0]]);
  assert.deepEqual(ids((await list(`?from=${first.next_batch}`)).chunk), [roots[2], roots[1]]);
  assert.deepEqual(ids((await list('?include=participated', mira)).chunk), [roots[0]]);
  assert.deepEqual(said(await eve.api('GET', room.at('threads', 'v1'))), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await mira.api('GET', room.at('threads?include=some', 'v1'))), [400, 'M_INVALID_PARAM']);
});

test('ignored people are counted in nothing', async () => {
  const room = await createTestRoom(mira);
  await room.join(tom, eve);
  const root = await room.say(mira, 'Root');
  await room.say(tom, inThread(root, 'Welcome'));
  await room.say(eve, inThread(root, 'Unwelcome'));
  await mira.call('PUT', `/v3/user/${quote(mira.userId)}/account_data/m.ignored_user_list`, {
    ignored_users: { [eve.userId]: {} },
  });
  const { count, latest_event: latest } = (await bundled(room, mira, root))['m.thread'];
  assert.deepEqual([count, latest.sender], [1, tom.userId]);
  assert.equal((await mira.call('GET', room.at(`relations/${quote(root)}`, 'v1'))).chunk.length, 1);
});

function visibleTo(visibility: string) {
  return [{ type: 'm.room.history_visibility', state_key: '', content: { history_visibility: visibility } }];
}
