import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom, type JsonBody, openServerWith, said, type TestUser } from '@sotto/testing';

const { mira, tom, eve } = await openServerWith(['mira', 'tom', 'eve']);

const quote = encodeURIComponent;
const bodies = (events: JsonBody[]) => events.map((event) => event.content.body);
const visibleTo = (visibility: string) => ({
  initial_state: [{ type: 'm.room.history_visibility', state_key: '', content: { history_visibility: visibility } }],
});

test('a room is paged through both ways, from and to any token', async () => {
  const room = await createTestRoom(mira);
  const { next_batch: before } = await mira.call('GET', '/v3/sync');
  for (let number = 1; number <= 5; number++) await room.say(mira, `${number}`);
  const { next_batch: end } = await mira.call('GET', '/v3/sync');
  await room.say(mira, 'Later');
  const page = (query: string) => mira.call('GET', room.at(`messages?${query}`));
  const newest = await page(`dir=b&from=${end}&limit=2`);
  assert.deepEqual(bodies(newest.chunk), ['5', '4']);
  assert.equal(newest.start, end);
  assert.deepEqual(bodies((await page(`dir=b&from=${newest.end}&to=${before}`)).chunk), ['3', '2', '1']);
  const oldest = await page(`dir=f&from=${before}&limit=3`);
  assert.deepEqual(bodies(oldest.chunk), ['1', '2', '3']);
  assert.deepEqual(bodies((await page(`dir=f&from=${oldest.end}&to=${end}`)).chunk), ['4', '5']);
  const last = await page('dir=b&limit=100');
  assert.equal(last.chunk.at(-1).type, 'm.room.create');
  assert.deepEqual(await page(`dir=b&from=${last.end}`), { chunk: [], start: last.end }, 'nothing before the first');
  assert.deepEqual(said(await mira.api('GET', room.at('messages?dir=x'))), [400, 'M_INVALID_PARAM']);
  assert.deepEqual(said(await mira.api('GET', room.at('messages?dir=b&from=t99'))), [400, 'M_INVALID_PARAM']);
  assert.deepEqual(said(await mira.api('GET', room.at('messages?dir=b&filter={'))), [400, 'M_NOT_JSON']);
  assert.deepEqual(said(await mira.api('GET', '/v3/rooms/!none:localhost/messages?dir=b')), [403, 'M_FORBIDDEN']);
});

test('a page obeys its filter', async () => {
  const room = await createTestRoom(mira);
  await room.join(tom);
  const root = await room.say(mira, { msgtype: 'm.file', body: 'File', url: 'mxc://localhost/file' });
  const reply = { msgtype: 'm.text', body: 'Reply', 'm.relates_to': { rel_type: 'm.thread', event_id: root } };
  await room.say(tom, reply);
  await room.say(tom, { note: 1 }, 'org.example.note');
  const page = async (filter: object) =>
    (await mira.call('GET', room.at(`messages?dir=b&limit=50&filter=${quote(JSON.stringify(filter))}`))).chunk;
  const messages = { types: ['m.room.message'] };
  assert.deepEqual(bodies(await page(messages)), ['Reply', 'File']);
  assert.deepEqual(bodies(await page({ ...messages, senders: [tom.userId] })), ['Reply']);
  assert.deepEqual(bodies(await page({ ...messages, not_senders: [tom.userId] })), ['File']);
  assert.deepEqual(bodies(await page({ ...messages, contains_url: true })), ['File']);
  assert.deepEqual(bodies(await page({ rel_types: ['m.thread'] })), ['Reply']);
  assert.deepEqual(bodies(await page({ 'org.matrix.msc3874.rel_types': ['m.thread'] })), ['Reply']);
  assert.deepEqual(bodies(await page({ ...messages, 'org.matrix.msc3874.not_rel_types': ['m.thread'] })), ['File']);
  assert.deepEqual(bodies(await page({ related_by_rel_types: ['m.thread'] })), ['File']);
  assert.deepEqual(bodies(await page({ related_by_senders: [mira.userId] })), []);
  assert.deepEqual(await page({ not_rooms: [room.roomId] }), []);
  assert.deepEqual(
    (await page({ types: ['org.example.*'] })).map((event: JsonBody) => event.type),
    ['org.example.note'],
  );
});

test('a page of many unwanted events goes on where it stopped', async () => {
  const room = await createTestRoom(mira);
  await room.say(mira, 'Wanted');
  for (let number = 0; number < 120; number++) await room.say(mira, { number }, 'org.example.filler');
  const filter = quote(JSON.stringify({ types: ['m.room.message'] }));
  const { chunk } = await mira.call('GET', room.at(`messages?dir=b&limit=1&filter=${filter}`));
  assert.deepEqual(bodies(chunk), ['Wanted']);
});

test('members are loaded lazily', async () => {
  const room = await createTestRoom(mira);
  await room.join(tom, eve);
  await room.say(tom, 'Hello');
  const filter = quote(JSON.stringify({ lazy_load_members: true }));
  const { state } = await mira.call('GET', room.at(`messages?dir=b&limit=1&filter=${filter}`));
  assert.deepEqual(
    state.map((event: JsonBody) => event.state_key),
    [tom.userId],
  );
  assert.equal((await mira.call('GET', room.at('messages?dir=b'))).state, undefined);
});

test('history is readable as far as its visibility says', async () => {
  const expected = { world_readable: 'ABCD', shared: 'ABC', invited: 'BC', joined: 'C' };
  for (const [visibility, readable] of Object.entries(expected)) {
    const room = await createTestRoom(mira, visibleTo(visibility));
    await room.say(mira, 'A');
    await mira.call('POST', room.at('invite'), { user_id: tom.userId });
    await room.say(mira, 'B');
    await room.join(tom);
    const own = await room.say(mira, 'C');
    await room.leave(tom);
    await room.say(mira, 'D');
    const { chunk } = await tom.call('GET', room.at('messages?dir=f&limit=50'));
    assert.equal(bodies(chunk).join(''), readable, visibility);
    const { unsigned } = await tom.call('GET', room.at(`event/${quote(own)}`));
    assert.equal(unsigned.membership, 'join');
  }
});

test('events say where their reader stood', async () => {
  const room = await createTestRoom(mira);
  const before = await room.say(mira, 'Before');
  await mira.call('POST', room.at('invite'), { user_id: tom.userId });
  const invited = await room.say(mira, 'Invited');
  await room.join(tom);
  const { chunk } = await tom.call('GET', room.at('messages?dir=f&limit=50'));
  const standing = new Map(chunk.map((event: JsonBody) => [event.event_id, event.unsigned.membership]));
  assert.deepEqual(
    [standing.get(before), standing.get(invited), [...standing.values()].at(-1)],
    ['leave', 'invite', 'join'],
  );
  const { events } = (await tom.call('GET', '/v3/sync')).rooms.join[room.roomId].timeline;
  assert.ok(events.every((event: JsonBody) => event.unsigned.membership === standing.get(event.event_id)));
  assert.ok(events.every((event: JsonBody) => event.unsigned.age >= 0));
});

test('one event is read by its id, where it may be read', async () => {
  const room = await createTestRoom(mira, visibleTo('joined'));
  const before = await room.say(mira, 'Before');
  const path = (eventId: string) => room.at(`event/${quote(eventId)}`);
  assert.deepEqual(said(await tom.api('GET', path(before))), [404, 'M_NOT_FOUND']);
  await room.join(tom);
  assert.deepEqual(said(await tom.api('GET', path(before))), [404, 'M_NOT_FOUND']);
  assert.deepEqual(said(await tom.api('GET', path('$nothing'))), [404, 'M_NOT_FOUND']);
  const after = await room.say(mira, 'After');
  assert.equal((await tom.call('GET', path(after))).content.body, 'After');
  const other = await createTestRoom(tom);
  assert.deepEqual(said(await tom.api('GET', other.at(`event/${quote(after)}`))), [404, 'M_NOT_FOUND']);
});

test('an event comes with what stands around it', async () => {
  const room = await createTestRoom(mira);
  await room.join(tom);
  const sent: string[] = [];
  for (let number = 0; number < 7; number++) sent.push(await room.say(number === 5 ? tom : mira, `${number}`));
  const around = (query = '', eventId = sent[3] as string) =>
    mira.call('GET', room.at(`context/${quote(eventId)}${query}`));
  const context = await around('?limit=3');
  assert.deepEqual(bodies([context.event]), ['3']);
  assert.deepEqual(bodies(context.events_before), ['2']);
  assert.deepEqual(bodies(context.events_after), ['4', '5']);
  const page = (query: string) => mira.call('GET', room.at(`messages?${query}&limit=1`));
  assert.deepEqual(bodies((await page(`dir=b&from=${context.start}`)).chunk), ['1']);
  assert.deepEqual(bodies((await page(`dir=f&from=${context.end}`)).chunk), ['6']);
  assert.ok(context.state.some((event: JsonBody) => event.type === 'm.room.create'));
  const none = await around('?limit=0');
  assert.deepEqual([none.events_before, none.events_after], [[], []]);
  const lazy = await around(`?limit=2&filter=${quote('{"lazy_load_members":true}')}`);
  const members = lazy.state.filter((event: JsonBody) => event.type === 'm.room.member');
  assert.deepEqual(
    members.map((event: JsonBody) => event.state_key),
    [mira.userId],
  );
  const filtered = await around(`?filter=${quote(JSON.stringify({ senders: [tom.userId] }))}`);
  assert.deepEqual(bodies(filtered.events_after), ['5']);
  assert.deepEqual(bodies([filtered.event]), ['3'], 'the event itself is no matter of the filter');
  const path = room.at(`context/${quote(sent[3] as string)}`);
  assert.deepEqual(said(await eve.api('GET', path)), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await mira.api('GET', room.at('context/%24nothing'))), [404, 'M_NOT_FOUND']);
});

test('events are found by their time', async () => {
  const room = await createTestRoom(mira);
  const first = await mira.call('GET', room.at(`event/${quote(await room.say(mira, 'First'))}`));
  const last = await mira.call('GET', room.at(`event/${quote(await room.say(mira, 'Last'))}`));
  const near = (who: TestUser, ts: number, dir: string) =>
    who.api('GET', room.at(`timestamp_to_event?ts=${ts}&dir=${dir}`, 'v1'));
  const future = last.origin_server_ts + 60_000;
  assert.deepEqual((await near(mira, future, 'b')).body, {
    event_id: last.event_id,
    origin_server_ts: last.origin_server_ts,
  });
  const found = (await near(mira, first.origin_server_ts, 'f')).body;
  assert.equal(found.origin_server_ts, first.origin_server_ts);
  assert.deepEqual(said(await near(mira, future, 'f')), [404, 'M_NOT_FOUND']);
  assert.deepEqual(said(await near(mira, 1, 'b')), [404, 'M_NOT_FOUND']);
  assert.deepEqual(said(await near(tom, future, 'b')), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await mira.api('GET', room.at('timestamp_to_event?dir=f', 'v1'))), [400, 'M_MISSING_PARAM']);
});

test('what is sent without a transaction id is sent each time', async () => {
  const room = await createTestRoom(mira);
  const send = () => mira.call('POST', room.at('send/m.room.message'), { msgtype: 'm.text', body: 'Again' });
  const sent = [(await send()).event_id, (await send()).event_id];
  assert.notEqual(sent[0], sent[1]);
  const { event_id: redaction } = await mira.call('POST', room.at(`redact/${quote(sent[0])}`), { reason: 'Twice' });
  const struck = await mira.call('GET', room.at(`event/${quote(sent[0])}`));
  assert.deepEqual([struck.content, struck.unsigned.redacted_because.event_id], [{}, redaction]);
  assert.deepEqual((await mira.call('GET', room.at(`event/${quote(sent[1])}`))).content.body, 'Again');
  assert.deepEqual(said(await eve.api('POST', room.at('send/m.room.message'), { body: {} })), [403, 'M_FORBIDDEN']);
});
