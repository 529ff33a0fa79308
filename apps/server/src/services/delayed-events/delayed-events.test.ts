import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Answer, createApi, type JsonBody, openServerWith, said, type TestUser, until } from '@sotto/testing';

const { server, mira, tom } = await openServerWith(['mira', 'tom'], { config: { guests: { enabled: true } } });
let room: string;
before(async () => {
  room = (await mira.call('POST', '/v3/createRoom', { preset: 'public_chat' })).room_id;
  await tom.call('POST', at('join'), {});
});

const ok = [200, undefined];
const at = (rest: string) => `/v3/rooms/${encodeURIComponent(room)}/${rest}`;
const base = '/unstable/org.matrix.msc4140';
const delayedBy =
  (who: TestUser) =>
  (path: string, delayMs: number | string, body: object = { body: 'Later' }) =>
    who.api('PUT', `${at(path)}?org.matrix.msc4140.delay=${delayMs}`, { body });
const delayed = (path: string, delayMs: number | string, body?: object) => delayedBy(mira)(path, delayMs, body);
const idOf = ({ status, body }: Answer): string => {
  assert.equal(status, 200, JSON.stringify(body));
  return body.delay_id;
};
const manage = (id: string, action: string) =>
  server.api('POST', `${base}/delayed_events/${id}/${action}`, { body: {} });
const waiting = async (who = mira): Promise<JsonBody[]> =>
  (await who.call('GET', `${base}/delayed_events`)).delayed_events;
const one = (id: string) => mira.call('GET', `${base}/delayed_events/${id}`);
const state = (key: string) => mira.api('GET', at(`state/com.example.test/${key}`));
const setting = { setter: 'later' };
/** So late that it does not come while tests run, however slowly. */
const hourMs = 3_600_000;

/** Schedules one after each of these delays, and each twice; resolves with their ids. */
async function schedule(type: string, delays: readonly number[]): Promise<string[]> {
  const ids: string[] = [];
  for (const [index, delay] of delays.entries()) {
    const path = `send/${type}/ordered${index}`;
    ids.push(idOf(await delayed(path, delay, { delay })));
    assert.equal(idOf(await delayed(path, delay, { delay })), ids[index], 'the same transaction schedules once');
  }
  return ids;
}

test('what is scheduled is listed by its time, to whoever scheduled it', async () => {
  const delays = [3 * hourMs, hourMs, 2 * hourMs];
  const ids = await schedule('com.example.later', delays);
  const listed = await waiting();
  assert.deepEqual(
    listed.map(({ delay_id, delay, type, room_id, content }) => [delay_id, delay, type, room_id, content]),
    [1, 2, 0].map((index) => {
      const delay = delays[index];
      return [ids[index], delay, 'com.example.later', room, { delay }];
    }),
  );
  assert.deepEqual(await waiting(tom), []);
  for (const id of ids) await manage(id, 'cancel');
});

test('what is scheduled is sent when its time has come, once and in order', async () => {
  const ids = await schedule('com.example.test', [900, 300, 600]);
  await until(async () => (await waiting()).length === 0, { what: 'all are sent' });
  const { chunk } = await mira.call('GET', `${at('messages')}?dir=f&limit=100`);
  const sent = chunk.filter((event: { type: string }) => event.type === 'com.example.test');
  // By the time at which each is due, which the calls that schedule them on a busy machine are a part of.
  const due = (each: JsonBody) => each.running_since + each.delay;
  const scheduled = (await Promise.all(ids.map(one))).sort((a, b) => due(a) - due(b));
  assert.deepEqual(
    sent.map((event: JsonBody) => event.event_id),
    scheduled.map((each) => each.event_id),
  );
  for (const each of scheduled) {
    assert.equal(each.error, undefined);
    assert.ok(each.origin_server_ts >= due(each));
  }
});

test('what waits is cancelled, begun anew, or sent at once, by whoever has its id', async () => {
  const cancelled = idOf(await delayed('state/com.example.test/cancelled', hourMs, setting));
  assert.deepEqual(said(await manage(cancelled, 'cancel')), ok);
  const sent = idOf(await delayed('state/com.example.test/sent', hourMs, setting));
  assert.deepEqual(said(await state('sent')), [404, 'M_NOT_FOUND']);
  assert.deepEqual(said(await manage(sent, 'send')), ok);
  assert.deepEqual((await state('sent')).body, setting);
  assert.deepEqual(said(await state('cancelled')), [404, 'M_NOT_FOUND']);
  const restarted = idOf(await delayed('state/com.example.test/restarted', hourMs, setting));
  const before = (await one(restarted)).running_since;
  await until(async () => Date.now() > before, { what: 'the clock goes on' });
  assert.deepEqual(said(await manage(restarted, 'restart')), ok);
  assert.ok((await one(restarted)).running_since > before);
  assert.deepEqual(
    (await waiting()).map((each) => each.delay_id),
    [restarted],
  );
  const body = { action: 'cancel' };
  assert.deepEqual(said(await server.api('POST', `${base}/delayed_events/${restarted}`, { body })), ok);
  const rows: [string, string, unknown[]][] = [
    [sent, 'send', ok],
    [sent, 'cancel', [409, 'M_UNKNOWN']],
    [sent, 'restart', [409, 'M_UNKNOWN']],
    [cancelled, 'cancel', ok],
    [cancelled, 'send', [409, 'M_UNKNOWN']],
    ['nothing', 'send', [404, 'M_NOT_FOUND']],
    ['nothing', 'restart', [404, 'M_NOT_FOUND']],
    [sent, 'oops', [404, 'M_UNRECOGNIZED']],
  ];
  for (const [id, action, expected] of rows) assert.deepEqual(said(await manage(id, action)), expected, action);
  const finalised = await mira.call('GET', `${base}/delayed_events?status=finalised`);
  const ended = finalised.delayed_events.map((each: JsonBody) => each.delay_id);
  for (const id of [restarted, sent, cancelled]) assert.ok(ended.includes(id));
});

test('rights are looked at when the event is sent, and a refusal is kept', async () => {
  const path = 'state/m.room.name';
  const refused = idOf(await delayedBy(tom)(path, 300, { name: 'Mine' }));
  const atOnce = idOf(await delayedBy(tom)(path, hourMs, { name: 'Mine' }));
  assert.deepEqual(said(await manage(atOnce, 'send')), [403, 'M_FORBIDDEN']);
  assert.deepEqual((await waiting(tom)).map((each) => each.delay_id).includes(atOnce), true, 'it goes on waiting');
  const ended = await until(async () => {
    const { error } = await tom.call('GET', `${base}/delayed_events/${refused}`);
    return error;
  });
  assert.equal(ended.errcode, 'M_FORBIDDEN');
  assert.deepEqual(said(await manage(refused, 'cancel')), ok);
  assert.deepEqual(said(await manage(atOnce, 'cancel')), ok);
});

test('a message can be taken back by itself, and people can leave by themselves', async () => {
  const { event_id: event } = await mira.call('PUT', at('send/m.room.message/once'), { body: 'For a moment' });
  const redaction = { delay: 200, content: { redacts: event, reason: 'Over' } };
  const path = `${base}/rooms/${encodeURIComponent(room)}/delayed_event/m.room.redaction/r1`;
  idOf(await mira.api('PUT', path, { body: redaction }));
  await until(async () => (await mira.call('GET', at(`event/${encodeURIComponent(event)}`))).unsigned.redacted_because);
  const own = `state/m.room.member/${encodeURIComponent(tom.userId)}`;
  idOf(await delayedBy(tom)(own, 200, { membership: 'leave' }));
  await until(async () => (await mira.call('GET', at(own))).membership === 'leave');
  await tom.call('POST', at('join'), {});
});

test('what waits outlives a restart, and what came due meanwhile is sent', async () => {
  const soon = idOf(await delayed('state/com.example.test/soon', 250, setting));
  const later = idOf(await delayed('state/com.example.test/later', hourMs, setting));
  await server.terminate();
  await server.restart();
  await until(async () => (await state('soon')).status === 200, { what: 'it is sent after the restart' });
  assert.ok((await one(soon)).event_id);
  assert.deepEqual(
    (await waiting()).map((each) => each.delay_id),
    [later],
  );
  await manage(later, 'cancel');
});

test('who wrote it sees under which id an event waited, and nobody else does', async () => {
  const id = idOf(await delayed('send/m.room.message/shown', hourMs));
  const set = idOf(await delayed('state/com.example.test/shown', hourMs, setting));
  const leave = `state/m.room.member/${encodeURIComponent(tom.userId)}`;
  const left = idOf(await delayedBy(tom)(leave, hourMs, { membership: 'leave' }));
  for (const each of [id, set, left]) assert.deepEqual(said(await manage(each, 'send')), ok);
  await tom.call('POST', at('join'), {});
  const seen = async (who: TestUser, event: string) => {
    const { unsigned } = await who.call('GET', at(`event/${encodeURIComponent(event)}`));
    return unsigned['org.matrix.msc4140.delay_id'];
  };
  const { event_id: message, finalised_ts, scheduled_at, delay_ms } = await one(id);
  assert.ok(finalised_ts >= scheduled_at && delay_ms === hourMs);
  const { event_id: state } = await one(set);
  const { event_id: leaving } = await tom.call('GET', `${base}/delayed_events/${left}`);
  assert.deepEqual([await seen(mira, message), await seen(mira, state)], [id, set]);
  assert.deepEqual(
    [await seen(tom, message), await seen(tom, state), await seen(mira, leaving)],
    Array(3).fill(undefined),
  );
  assert.equal(await seen(tom, leaving), left);
  const { user_id: user, password } = { user_id: mira.userId, password: mira.password };
  const login = { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password };
  const other = createApi(server.url, (await server.api('POST', '/v3/login', { body: login })).body.access_token);
  const { body } = await other('GET', `${at('messages')}?dir=b&limit=20`);
  const found = body.chunk.find((event: JsonBody) => event.event_id === message);
  assert.equal(found.unsigned['org.matrix.msc4140.delay_id'], id);
});

test('bad input is refused, and nobody schedules without end', async () => {
  const { body: guest } = await server.api('POST', '/v3/register?kind=guest', { body: {} });
  const visitor = createApi(server.url, guest.access_token);
  const rows: [Answer, unknown[]][] = [
    [await delayed('send/x/a', 0), [400, 'M_INVALID_PARAM']],
    [await delayed('send/x/a', -5), [400, 'M_INVALID_PARAM']],
    [await delayed('send/x/a', 'soon'), [400, 'M_INVALID_PARAM']],
    [await delayed('send/x/a', 367 * 24 * 3600_000), [400, 'M_MAX_DELAY_EXCEEDED']],
    [await delayed('state/m.room.name', 1000, { name: 5 }), [400, 'M_BAD_JSON']],
    [await delayed('send/x/a', 1000, { body: 'x'.repeat(70_000) }), [413, 'M_TOO_LARGE']],
    [await server.api('GET', `${base}/delayed_events`), [401, 'M_MISSING_TOKEN']],
    [await mira.api('GET', `${base}/delayed_events?status=odd`), [400, 'M_INVALID_PARAM']],
    [await mira.api('GET', `${base}/delayed_events/nothing`), [404, 'M_NOT_FOUND']],
    [await server.api('POST', `${base}/delayed_events/x`, { body: {} }), [400, 'M_MISSING_PARAM']],
    [await server.api('POST', `${base}/delayed_events/x`, { body: { action: 'oops' } }), [400, 'M_INVALID_PARAM']],
    [await visitor('GET', `${base}/delayed_events`), ok],
  ];
  for (const [index, [answer, expected]] of rows.entries()) assert.deepEqual(said(answer), expected, `row ${index}`);
  for (let index = 0; index < 100; index++) idOf(await delayed(`send/x/many${index}`, hourMs));
  const full = await delayed('send/x/full', hourMs);
  assert.deepEqual(said(full), [429, 'M_LIMIT_EXCEEDED']);
  assert.ok(Number(full.headers.get('retry-after')) > 60);
  const { capabilities } = await mira.call('GET', '/v3/capabilities');
  assert.equal(capabilities['org.matrix.msc4140.delayed_events'].max_scheduled, 100);
});

test('the list is filtered, turned round and read in pages', async () => {
  const list = (query = '') => mira.call('GET', `${base}/delayed_events${query}`);
  const ids = ({ delayed_events: events }: JsonBody): string[] => events.map((each: JsonBody) => each.delay_id);
  const scheduled = await list();
  assert.deepEqual([ids(scheduled).length, scheduled.next_batch], [100, undefined]);
  const first = await list('?dir=b');
  const rest = await list(`?dir=b&from=${encodeURIComponent(first.next_batch)}`);
  assert.deepEqual([ids(first).length, rest.next_batch], [100, undefined]);
  const all = [...ids(first), ...ids(rest)];
  assert.equal(new Set(all).size, all.length);
  const forwards = await list('?dir=f');
  const unstable = `org.matrix.msc4486.from=${encodeURIComponent(forwards['org.matrix.msc4486.next_batch'])}`;
  assert.deepEqual([...ids(forwards), ...ids(await list(`?${unstable}`))], all.toReversed());
  const sent = (await list('?status=sent')).delayed_events;
  assert.ok(sent.length > 3 && sent.every((each: JsonBody) => each.event_id !== undefined));
  const cancelled = (await list('?status=cancelled')).delayed_events;
  assert.ok(cancelled.length > 1 && cancelled.every((each: JsonBody) => each.finalised_ts && !each.event_id));
  assert.deepEqual(ids(await list('?status=failed')), []);
  assert.deepEqual(ids(await list('?type=nothing')), []);
  assert.deepEqual(ids(await list(`?room_id=${encodeURIComponent('!none:localhost')}`)), []);
  assert.equal(ids(await list('?type=com.example.test&status=sent')).length, 6);
  const { scheduled_at, delay_ms } = scheduled.delayed_events[50];
  const due = scheduled_at + delay_ms;
  const later = ids(await list(`?from_ts=${due}&status=scheduled`));
  const sooner = ids(await list(`?to_ts=${due - 1}&status=scheduled`));
  assert.equal(later.length + sooner.length, 100);
  assert.ok(later.includes(scheduled.delayed_events[50].delay_id));
  for (const query of ['dir=x', 'from=x', 'from_ts=x', 'status=x'])
    assert.deepEqual(said(await mira.api('GET', `${base}/delayed_events?${query}`)), [400, 'M_INVALID_PARAM']);
});
