import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type JsonBody, startServer, type TestServer, until } from '@sotto/testing';
import { EventType } from 'matrix-js-sdk/lib/@types/event.js';
import { addOnce, askAs, endAll, naiveTalk, ourTalk } from '../../test/hostile.ts';
import { arrived, itemWhere } from '../../test/people.ts';
import { newPlainPerson, type PlainClient } from '../../test/plain-client.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

const stateEvent = (
  type: string,
  { sender, stateKey = '', content }: { sender: string; stateKey?: string; content: object },
) => ({
  type,
  state_key: stateKey,
  event_id: `$forged-${type}`,
  sender,
  origin_server_ts: 2,
  content,
});

/** The server opens the history and invites somebody, in one sync. */
const openAndInvite = (mallory: PlainClient) =>
  addOnce(({ sender }: JsonBody) => [
    stateEvent('m.room.history_visibility', { sender, content: { history_visibility: 'shared' } }),
    stateEvent('m.room.member', { sender, stateKey: mallory.userId, content: { membership: 'invite' } }),
  ]);

test('A3 · a room for joined members is opened to somebody whom the server invites', async (t) => {
  const joined = { history_visibility: 'joined' };
  await t.test('a naive client gives the invited one the key', async () => {
    const mallory = await newPlainPerson(server, 'mallory');
    const scene = await naiveTalk(server, 'amy', openAndInvite(mallory));
    const { client } = scene.plain;
    await client.sendStateEvent(scene.roomId, EventType.RoomHistoryVisibility, joined as never);
    scene.friend.session.room(scene.roomId).send('hello');
    await until(() => client.getRoom(scene.roomId)?.getMember(mallory.userId)?.membership === 'invite');
    await client.sendMessage(scene.roomId, { msgtype: 'm.text' as never, body: 'for two' });
    assert.ok(scene.proxy.keyReceivers().some((receiver) => receiver.startsWith(mallory.userId)));
    mallory.stop();
    await endAll(scene);
  });
  await t.test('Sotto gives it to joined members alone, as it once saw the room', async () => {
    const mallory = await newPlainPerson(server, 'mortimer');
    const scene = await ourTalk(server, 'ben', openAndInvite(mallory));
    await askAs(scene.ours, server, {
      method: 'PUT',
      path: `/rooms/${scene.roomId}/state/m.room.history_visibility`,
      body: joined,
    });
    scene.b.send('hello');
    await until(() => scene.a.details.get()?.members.some(({ userId }) => userId === mallory.userId));
    assert.ok(
      !scene.a.details.get()?.readers.some(({ userId }) => userId === mallory.userId),
      'nor is it shown as a reader',
    );
    scene.a.send('for two');
    await arrived(scene.b, 'for two');
    assert.ok(!scene.proxy.keyReceivers().some((receiver) => receiver.startsWith(mallory.userId)));
    mallory.stop();
    await endAll(scene);
  });
});

const trick = 'Night shift \u202Etfihs\u2066';

test('A11 · a name that turns the direction of writing', async (t) => {
  const named = () =>
    addOnce(({ sender }: JsonBody) => [stateEvent('m.room.name', { sender, content: { name: trick } })]);
  await t.test('a naive client shows it as it is', async () => {
    const scene = await naiveTalk(server, 'cid', named());
    scene.friend.session.room(scene.roomId).send('hello');
    await until(() => scene.plain.client.getRoom(scene.roomId)?.name === trick);
    await endAll(scene);
  });
  await t.test('Sotto leaves the turning out', async () => {
    const scene = await ourTalk(server, 'dan', named());
    scene.b.send('hello');
    await until(() => scene.a.details.get()?.name.startsWith('Night shift'));
    assert.equal(scene.a.details.get()?.name, 'Night shift tfihs');
    const notice = await itemWhere(scene.a, (item) => item.kind === 'notice' && item.what.kind === 'named');
    assert.ok(!/[\u202A-\u202E\u2066-\u2069]/.test(JSON.stringify(notice)));
    await endAll(scene);
  });
});

test('A11 · a forged tombstone leads nobody out of an encrypted conversation', async () => {
  const content = { body: 'gone', replacement_room: '!elsewhere:localhost' };
  const scene = await ourTalk(
    server,
    'eli',
    addOnce(({ sender }: JsonBody) => [stateEvent('m.room.tombstone', { sender, content })]),
  );
  scene.b.send('hello');
  const successor = await until(() => scene.a.details.get()?.successor);
  assert.deepEqual(successor, { roomId: '!elsewhere:localhost', membership: 'none', isProven: false });
  assert.equal(await scene.ours.session.openDirect(scene.friend.userId), scene.roomId);
  assert.ok(!scene.proxy.seen.some(({ path }) => path.includes('elsewhere')), 'nothing was followed');
  scene.a.send('still here');
  await arrived(scene.b, 'still here');
  await endAll(scene);
});
