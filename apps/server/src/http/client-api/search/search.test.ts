import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import {
  createTestRoom,
  type JsonBody,
  openServerWith,
  registerUser,
  startServer,
  type TestUser,
  until,
} from '@sotto/testing';

const { server, mira, tom } = await openServerWith(['mira', 'tom']);

/** `room_events` of the answer. */
async function search(who: TestUser, criteria: object, nextBatch?: string): Promise<JsonBody> {
  const query = nextBatch === undefined ? '' : `?next_batch=${encodeURIComponent(nextBatch)}`;
  const body = { search_categories: { room_events: criteria } };
  return (await who.call('POST', `/v3/search${query}`, body)).search_categories.room_events;
}
const ids = (found: JsonBody): string[] => found.results.map((each: JsonBody) => each.result.event_id);
const bodies = (found: JsonBody): string[] => found.results.map((each: JsonBody) => each.result.content.body);

test('finds messages, names and topics by their words', async () => {
  const room = await createTestRoom(mira, { name: 'Zebra crossing', topic: 'Okapi corner' });
  const filter = { rooms: [room.roomId] };
  const said = await room.say(mira, 'Grüße von der Giraffe, 42 times');
  await room.set(mira, 'm.room.topic', {
    topic: 'Plain',
    'm.topic': { 'm.text': [{ mimetype: 'text/html', body: '<b>bold</b>' }, { body: 'Quagga' }] },
  });
  const found = await search(mira, { search_term: 'giraffe grusse', filter });
  assert.deepEqual(ids(found), []);
  const hit = await search(mira, { search_term: 'giraffe GRUßE', filter });
  assert.deepEqual([hit.count, ids(hit), hit.highlights], [1, [said], ['giraffe', 'gruße']]);
  assert.equal(hit.results[0].result.room_id, room.roomId);
  assert.equal(typeof hit.results[0].rank, 'number');
  assert.equal(hit.results[0].context, undefined);
  const term = async (search_term: string, keys?: string[]) =>
    (await search(mira, { search_term, filter, ...(keys && { keys }) })).count;
  assert.deepEqual(
    [await term('zebra'), await term('okapi'), await term('quagga'), await term('bold'), await term('giraffe')],
    [1, 1, 1, 0, 1],
  );
  assert.deepEqual(
    [await term('zebra', ['content.name']), await term('zebra', ['content.body', 'content.topic'])],
    [1, 0],
  );
  assert.deepEqual([await term('"der giraffe"'), await term('"giraffe der"'), await term('giraffe -zebra')], [1, 0, 1]);
  assert.deepEqual(
    [await term('giraffe -von'), await term(''), await term('!? " -'), await term('AND OR')],
    [0, 0, 0, 0],
  );
  assert.equal(await term('body:giraffe*'), 0);
  assert.deepEqual(
    [await term('der\u0000giraffe'), await term('"giraffe\u0000der"')],
    [1, 0],
    'as if a space was there',
  );
});

test('shows what stands around a result, with names, and the state of the room', async () => {
  const room = await createTestRoom(mira);
  for (let number = 1; number <= 7; number++) await room.say(mira, `Message number ${number}`);
  const found = await search(mira, {
    search_term: 'Message 4',
    order_by: 'recent',
    filter: { limit: 1, rooms: [room.roomId] },
    event_context: { before_limit: 2, after_limit: 2, include_profile: true },
    include_state: true,
  });
  assert.deepEqual([found.count, bodies(found)], [1, ['Message number 4']]);
  const { context } = found.results[0];
  const shown = (events: JsonBody[]) => events.map((event) => event.content.body);
  assert.deepEqual(shown(context.events_before), ['Message number 3', 'Message number 2']);
  assert.deepEqual(shown(context.events_after), ['Message number 5', 'Message number 6']);
  assert.deepEqual(context.profile_info, { [mira.userId]: { displayname: 'mira' } });
  const page = await mira.call('GET', room.at(`messages?dir=f&limit=1&from=${context.end}`));
  assert.equal(page.chunk[0].content.body, 'Message number 7');
  assert.ok(found.state[room.roomId].some((event: JsonBody) => event.type === 'm.room.create'));
});

test('pages by age and by rank, whole and by group', async () => {
  const [room, other] = [await createTestRoom(mira), await createTestRoom(mira)];
  await room.join(tom);
  const sent: string[] = [];
  for (let number = 0; number < 12; number++) {
    sent.unshift(await room.say(number % 2 === 0 ? mira : tom, `Walrus ${'walrus '.repeat(number % 5)}`));
  }
  const elsewhere = await other.say(mira, 'Walrus elsewhere');
  for (const order_by of ['recent', 'rank']) {
    const criteria = {
      search_term: 'walrus',
      order_by,
      filter: { limit: 5, rooms: [room.roomId, other.roomId] },
      groupings: { group_by: [{ key: 'room_id' }, { key: 'sender' }] },
    };
    const first = await search(mira, criteria);
    assert.equal(first.count, 13);
    const seen = [...ids(first)];
    let page = first;
    while (page.next_batch !== undefined) {
      page = await search(mira, criteria, page.next_batch);
      seen.push(...ids(page));
    }
    assert.deepEqual(seen.toSorted(), [...sent, elsewhere].toSorted());
    if (order_by === 'recent') assert.deepEqual(seen, [elsewhere, ...sent]);
    const group = first.groups.sender[tom.userId];
    assert.deepEqual(
      group.results,
      first.results
        .filter((each: JsonBody) => each.result.sender === tom.userId)
        .map((each: JsonBody) => each.result.event_id),
    );
    const ofTom = [...group.results];
    for (let next = group.next_batch; next !== undefined; ) {
      const more = await search(mira, criteria, next);
      ofTom.push(...ids(more));
      next = more.groups.sender[tom.userId]?.next_batch;
    }
    assert.equal(new Set(ofTom).size, 6);
    assert.equal(ofTom.length, 6);
  }
  const ranks = (await search(mira, { search_term: 'walrus' })).results.map((each: JsonBody) => each.rank);
  assert.deepEqual(
    ranks,
    ranks.toSorted((a: number, b: number) => b - a),
  );
  const whole = await search(mira, { search_term: 'walrus', order_by: 'recent', filter: { limit: 13 } });
  const end = await search(
    mira,
    { search_term: 'walrus', order_by: 'recent', filter: { limit: 13 } },
    whole.next_batch,
  );
  assert.deepEqual([end.count, end.results, end.next_batch], [13, [], undefined]);
});

test('how close a result is tells nothing about what others write', async () => {
  const room = await createTestRoom(mira);
  await room.say(mira, 'A wombat and a lot besides');
  await room.say(mira, 'Wombat');
  const ranked = async () => {
    const found = await search(mira, { search_term: 'wombat', filter: { rooms: [room.roomId] } });
    return found.results.map((each: JsonBody) => [each.result.content.body, each.rank]);
  };
  const before = await ranked();
  assert.deepEqual(before[0][0], 'Wombat', 'the closest comes first');
  const secret = await createTestRoom(tom);
  for (let number = 0; number < 5; number++) await secret.say(tom, 'Wombat, said where Mira is not');
  assert.equal((await search(tom, { search_term: 'wombat' })).count, 5);
  assert.deepEqual(await ranked(), before);
});

test('goes on where it was when the last result shown is struck out', async () => {
  const room = await createTestRoom(mira);
  const sent: string[] = [];
  for (let number = 0; number < 6; number++) sent.push(await room.say(mira, `Ibex ${'and more '.repeat(number % 3)}`));
  for (const order_by of ['rank', 'recent']) {
    const criteria = { search_term: 'ibex', order_by, filter: { limit: 2, rooms: [room.roomId] } };
    const first = await search(mira, { ...criteria, groupings: { group_by: [{ key: 'sender' }] } });
    const all = ids(await search(mira, { ...criteria, filter: { rooms: [room.roomId] } }));
    await room.redact(mira, ids(first)[1] as string);
    assert.deepEqual(ids(await search(mira, criteria, first.next_batch)), all.slice(2, 4), order_by);
    const ofGroup = first.groups.sender[mira.userId].next_batch;
    assert.deepEqual(ids(await search(mira, criteria, ofGroup)), all.slice(2, 4), order_by);
  }
  assert.equal(sent.length, 6);
});

test('finds nothing that the person may not see', async () => {
  const room = await createTestRoom(mira, {
    initial_state: [{ type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'joined' } }],
  });
  const count = async (who: TestUser, extra: object = {}) =>
    (await search(who, { search_term: 'narwhal', filter: { rooms: [room.roomId] }, ...extra })).count;
  await room.say(mira, 'Narwhal before');
  assert.equal(await count(tom), 0);
  await room.join(tom);
  await room.say(mira, 'Narwhal while');
  await room.leave(tom);
  await room.say(mira, 'Narwhal after');
  assert.deepEqual([await count(mira), await count(tom)], [3, 1]);
  const left = await search(tom, { search_term: 'narwhal', include_state: true, event_context: {} });
  assert.deepEqual(bodies(left), ['Narwhal while']);
  const [{ context }] = left.results;
  const around = [...context.events_before, ...context.events_after].map((event: JsonBody) => event.content.body);
  assert.ok(!around.includes('Narwhal before') && !around.includes('Narwhal after'));
  assert.ok(left.state[room.roomId].length > 0);
  await tom.call('POST', room.at('forget'), {});
  assert.equal(await count(tom), 0);
  await room.join(tom);
  await room.say(tom, 'Narwhal of Tom');
  await mira.call('PUT', `/v3/user/${encodeURIComponent(mira.userId)}/account_data/m.ignored_user_list`, {
    ignored_users: { [tom.userId]: {} },
  });
  assert.equal(await count(mira), 3);
  await mira.call('PUT', `/v3/user/${encodeURIComponent(mira.userId)}/account_data/m.ignored_user_list`, {
    ignored_users: {},
  });
  assert.equal(await count(mira, { filter: { rooms: [room.roomId], senders: [tom.userId] } }), 1);
  assert.equal(await count(mira, { filter: { not_rooms: [room.roomId] } }), 0);
  await room.set(mira, 'm.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' });
  assert.equal(await count(mira), 0);
});

test('what is struck out, expired or removed leaves the index, on disk too', async (t) => {
  const own = await startServer();
  t.after(() => own.stop());
  const admin = await registerUser(own, 'root', { token: await own.firstRunToken() });
  const room = await createTestRoom(admin);
  const doomed = await room.say(admin, 'Aardvark quickly');
  const early = await room.say(admin, 'Aardvark early');
  await room.redact(admin, early);
  const count = async (search_term: string) => (await search(admin, { search_term })).count;
  assert.deepEqual([await count('aardvark'), await count('early')], [1, 0]);
  await room.redact(admin, doomed);
  assert.equal(await count('aardvark'), 0);
  await room.say(admin, 'Capybara');
  assert.equal(await count('capybara'), 1);
  await room.set(admin, 'm.room.retention', { max_lifetime: 1 });
  await until(async () => (await count('capybara')) === 0, { what: 'the message expires' });
  const named = await createTestRoom(admin, { name: 'Pangolin' });
  assert.equal(await count('pangolin'), 1);
  await own.kill9();
  await own.restart();
  assert.equal(await count('pangolin'), 1, 'the index is there after a kill');
  await admin.call('DELETE', `/_sotto/admin/v1/rooms/${encodeURIComponent(named.roomId)}`, { purge_after_ms: 0 });
  await until(async () => (await count('pangolin')) === 0, { what: 'the room is gone' });
  const words = () => {
    const db = new DatabaseSync(join(own.dataDir, 'sotto.db'), { readOnly: true });
    try {
      db.exec("CREATE VIRTUAL TABLE temp.words USING fts5vocab (main, event_search, 'row')");
      return db
        .prepare('SELECT term FROM temp.words')
        .all()
        .map((row) => row.term);
    } finally {
      db.close();
    }
  };
  await until(() => !words().includes('pangolin'), { what: 'the words of the room are gone' });
  assert.deepEqual(
    words().filter((word) => ['aardvark', 'capybara', 'pangolin'].includes(String(word))),
    [],
  );
});

test('refuses what is no search', async () => {
  const attempt = async (body: unknown, query = '') => {
    const answer = await mira.api('POST', `/v3/search${query}`, { body });
    return [answer.status, answer.body.errcode];
  };
  const criteria = (extra: object) => ({ search_categories: { room_events: { search_term: 'x', ...extra } } });
  assert.deepEqual(await attempt({}), [400, 'M_BAD_JSON']);
  assert.deepEqual(await attempt({ search_categories: { room_events: {} } }), [400, 'M_BAD_JSON']);
  assert.deepEqual(await attempt({ search_categories: {} }), [200, undefined]);
  assert.deepEqual(await attempt(criteria({ order_by: 'age' })), [400, 'M_BAD_JSON']);
  assert.deepEqual(await attempt(criteria({ keys: ['content.secret'] })), [400, 'M_BAD_JSON']);
  assert.deepEqual(await attempt(criteria({ groupings: { group_by: [{ key: 'type' }] } })), [400, 'M_BAD_JSON']);
  for (const token of [
    'x',
    'WzFd',
    ...['[1,2]', '[1,2,0.5,"type","x"]'].map((text) => Buffer.from(text).toString('base64url')),
  ])
    assert.deepEqual(await attempt(criteria({}), `?next_batch=${token}`), [400, 'M_INVALID_PARAM']);
  const anonymous = await server.api('POST', '/v3/search', { body: criteria({}) });
  assert.deepEqual([anonymous.status, anonymous.body.errcode], [401, 'M_MISSING_TOKEN']);
});
