import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type JsonBody, startServer, type TestServer, until } from '@sotto/testing';
import { addOnce, endAll, type Naive, naiveTalk, ourTalk } from '../../test/hostile.ts';
import { arrived, itemWhere, roomWhere, textsOf } from '../../test/people.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

const forged = 'words of the server';

/** The texts that a naive client shows, edits applied as the SDK does. */
async function naiveTexts({ plain, roomId }: Naive): Promise<string[]> {
  const events = plain.client.getRoom(roomId)?.getLiveTimeline().getEvents() ?? [];
  await Promise.all(events.map((event) => plain.client.decryptEventIfNeeded(event)));
  return events.filter((event) => event.getType() === 'm.room.message').map((event) => String(event.getContent().body));
}

const replay = () => addOnce((message) => [{ ...message, event_id: '$replayed' }]);
test('A5 · a message is played again under another name', async (t) => {
  await t.test('a naive client shows it twice', async () => {
    const scene = await naiveTalk(server, 'gil', replay());
    scene.friend.session.room(scene.roomId).send('pay ten euros');
    await until(async () => (await naiveTexts(scene)).filter((text) => text === 'pay ten euros').length === 2);
    await endAll(scene);
  });
  await t.test('Sotto shows it once, and says what the other is', async () => {
    const scene = await ourTalk(server, 'hal', replay());
    scene.b.send('pay ten euros');
    await arrived(scene.a, 'pay ten euros');
    const again = await itemWhere(scene.a, (item) => item.kind === 'undecryptable');
    assert.ok(again.kind === 'undecryptable' && again.reason === 'replayed');
    assert.deepEqual(textsOf(scene.a), ['pay ten euros']);
    await endAll(scene);
  });
});

/** In clear, by the same sender, as a server can write it. */
const clearEdit = () =>
  addOnce(({ sender, event_id: target }: JsonBody) => [
    {
      type: 'm.room.message',
      event_id: '$edit',
      sender,
      origin_server_ts: 2,
      content: {
        msgtype: 'm.text',
        body: forged,
        'm.new_content': { msgtype: 'm.text', body: forged },
        'm.relates_to': { rel_type: 'm.replace', event_id: target },
      },
    },
  ]);
test('A6 · an encrypted message is edited in clear', async (t) => {
  await t.test('a naive client shows the forged words', async () => {
    const scene = await naiveTalk(server, 'ida', clearEdit());
    scene.friend.session.room(scene.roomId).send('true words');
    await until(async () => (await naiveTexts(scene))[0] === forged);
    await endAll(scene);
  });
  await t.test('Sotto keeps the true ones', async () => {
    const scene = await ourTalk(server, 'jon', clearEdit());
    scene.b.send('true words');
    await arrived(scene.a, 'true words');
    scene.b.send('and more');
    await arrived(scene.a, 'and more');
    assert.deepEqual(textsOf(scene.a), ['true words', 'and more']);
    await endAll(scene);
  });
});

const clearWords = () =>
  addOnce(({ sender }: JsonBody) => [
    {
      type: 'm.room.message',
      event_id: '$clear',
      sender,
      origin_server_ts: 2,
      content: { msgtype: 'm.text', body: forged },
    },
  ]);
test('A6 · clear words in an encrypted room', async (t) => {
  await t.test('a naive client shows them like any other', async () => {
    const scene = await naiveTalk(server, 'kim', clearWords());
    scene.friend.session.room(scene.roomId).send('true words');
    await until(async () => (await naiveTexts(scene)).includes(forged));
    await endAll(scene);
  });
  await t.test('Sotto marks them, and they count for nothing', async () => {
    const scene = await ourTalk(server, 'lea', clearWords());
    scene.b.send('true words');
    const marked = await itemWhere(scene.a, (item) => item.kind === 'message' && item.text === forged);
    assert.ok(marked.kind === 'message' && marked.doubt === 'not-encrypted');
    await arrived(scene.a, 'true words');
    await roomWhere(scene.ours, ({ roomId, preview }) => roomId === scene.roomId && preview?.text === 'true words');
    await endAll(scene);
  });
});
