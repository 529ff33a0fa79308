import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  createTestRoom,
  registerUser,
  startServer,
  type TestRoom,
  type TestServer,
  type TestUser,
  until,
} from '@sotto/testing';

let server: TestServer;
let jon: TestUser;
let nora: TestUser;
let room: TestRoom;
let wrote: { words: string; answer: string };

before(async () => {
  server = await startServer();
  const mira = await registerUser(server, 'mira');
  jon = await registerUser(server, 'jon');
  nora = await registerUser(server, 'nora');
  room = await createTestRoom(jon);
  await room.join(mira);
  const text = (body: string) => ({ msgtype: 'm.text', body });
  const words = await room.say(mira, 'her words');
  const replaced = { 'm.relates_to': { rel_type: 'm.replace', event_id: words } };
  await room.say(mira, { ...text('her words, better'), 'm.new_content': text('her words, better'), ...replaced });
  const thread = { 'm.relates_to': { rel_type: 'm.thread', event_id: await room.say(jon, 'his words') } };
  const answer = await room.say(mira, { ...text('her words in a thread'), ...thread });
  wrote = { words, answer };
  await room.join(nora);
  const auth = { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'mira' }, password: mira.password };
  await mira.call('POST', '/v3/account/deactivate', { erase: true, auth });
});
after(() => server.stop());

/** All that a person is shown of the room, one text for each way of asking. */
async function everything(person: TestUser): Promise<Record<string, string>> {
  const read = async (path: string) => JSON.stringify(await person.call('GET', path));
  const list = { lists: { all: { ranges: [[0, 9]], timeline_limit: 50, required_state: [] } } };
  return {
    messages: await read(room.at(`messages?dir=b&limit=100`)),
    context: await read(room.at(`context/${wrote.answer}?limit=50`)),
    event: await read(room.at(`event/${wrote.words}`)),
    relations: await read(room.at(`relations/${wrote.words}`, 'v1')),
    threads: await read(room.at('threads', 'v1')),
    sync: await read('/v3/sync?timeout=0&filter={"room":{"timeline":{"limit":50}}}'),
    filtered: await read('/v3/sync?timeout=0&filter={"room":{"timeline":{"limit":50,"types":["m.room.*"]}}}'),
    slidingSync: JSON.stringify(
      await person.call('POST', '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync', list),
    ),
    initialSync: await read(room.at(`initialSync?limit=50`)),
    search: JSON.stringify(
      await person.call('POST', '/v3/search', { search_categories: { room_events: { search_term: 'words' } } }),
    ),
  };
}

test('erased people: who was not there when they wrote never reads it, in whatever way', async () => {
  for (const [name, text] of Object.entries(await everything(nora))) assert.doesNotMatch(text, /her words/, name);
  const shown = await nora.call('GET', room.at(`event/${wrote.words}`));
  assert.deepEqual(shown.content, {});
  assert.equal(shown.event_id, wrote.words);
  assert.match((await everything(nora)).messages ?? '', /his words/);
  const criteria = { search_categories: { room_events: { search_term: 'her words' } } };
  const { search_categories: found } = await nora.call('POST', '/v3/search', criteria);
  assert.equal(found.room_events.count, 0, 'nor is it found by its words');
});

test('erased people: who was there goes on reading it', async () => {
  await until(async () => (await everything(jon)).search?.includes('her words'), { what: 'the index has come so far' });
  for (const [name, text] of Object.entries(await everything(jon))) assert.match(text, /her words/, name);
});

test('erased people: a restart brings nothing back', async () => {
  await server.restart();
  for (const [name, text] of Object.entries(await everything(nora))) assert.doesNotMatch(text, /her words/, name);
});
