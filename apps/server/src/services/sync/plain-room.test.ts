import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  createTestRoom,
  type JsonBody,
  registerUser,
  startServer,
  type TestServer,
  type TestUser,
} from '@sotto/testing';

let server: TestServer;
let reader: TestUser;

before(async () => {
  server = await startServer();
  reader = await registerUser(server, 'reader');
  const [jon, nora] = [await registerUser(server, 'jon'), await registerUser(server, 'nora')];
  const text = (body: string) => ({ msgtype: 'm.text', body });

  const long = await createTestRoom(jon, { name: 'Long' });
  await long.join(reader, nora);
  for (let n = 0; n < 15; n++) await long.say(n % 2 === 0 ? jon : nora, `message ${n}`);
  await long.redact(jon, await long.say(jon, 'struck out'));
  await reader.call('POST', long.at(`receipt/m.read/${await long.say(nora, 'seen')}`), {});

  const short = await createTestRoom(reader);
  await short.say(reader, 'my own, with the id that my device gave it');

  const entered = await createTestRoom(jon);
  await entered.say(jon, 'before the reader came');
  await entered.join(reader);
  await entered.set(jon, 'm.room.topic', { topic: 'changed' });

  const related = await createTestRoom(nora);
  await related.join(reader);
  const root = await related.say(nora, 'root');
  await related.say(nora, { ...text('in a thread'), 'm.relates_to': { rel_type: 'm.thread', event_id: root } });
  const edited = { 'm.new_content': text('better'), 'm.relates_to': { rel_type: 'm.replace', event_id: root } };
  await related.say(nora, { ...text('* better'), ...edited });

  const visibility = (history_visibility: string) => [
    { type: 'm.room.history_visibility', state_key: '', content: { history_visibility } },
  ];
  const hidden = await createTestRoom(jon, { initial_state: visibility('joined') });
  await hidden.say(jon, 'nobody who comes later reads this');
  await hidden.join(reader);
  await hidden.say(jon, 'everybody reads this');
});
after(() => server.stop());

/** The joined rooms of a first answer, without what differs from moment to moment. */
async function firstRooms(filter: { room: Record<string, object> }, query: string): Promise<JsonBody> {
  const answer = await reader.call('GET', `/v3/sync?filter=${encodeURIComponent(JSON.stringify(filter))}${query}`);
  const rooms = JSON.parse(JSON.stringify(answer.rooms.join), (key, value) => (key === 'age' ? 0 : value));
  // State is in no order.
  for (const { state, state_after } of Object.values<JsonBody>(rooms))
    (state ?? state_after).events.sort((a: JsonBody, b: JsonBody) => a.event_id.localeCompare(b.event_id));
  return rooms;
}

for (const [name, state] of Object.entries({ 'all members': {}, 'members as needed': { lazy_load_members: true } })) {
  for (const query of ['', '&use_state_after=true']) {
    test(`a room is told the same as text and event by event: ${name}${query}`, async () => {
      for (const limit of [3, 10, 50]) {
        const plain = await firstRooms({ room: { state, timeline: { limit } } }, query);
        // A filter that takes everything, and looks at each event for it.
        const timeline = { limit, not_types: ['org.example.none'] };
        const looked = await firstRooms({ room: { state, timeline } }, query);
        assert.equal(Object.keys(plain).length, 5);
        assert.deepEqual(plain, looked, `limit ${limit}`);
      }
    });
  }
}
