import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type HostileProxy, type JsonBody, startServer, type TestServer, until } from '@sotto/testing';
import { MsgType } from 'matrix-js-sdk/lib/@types/event.js';
import { bendSync, endAll, lyingServer, naiveTalk } from '../../test/hostile.ts';
import { arrived, newPerson } from '../../test/people.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** Says of every room that its key is to change so. */
const asking = (rotation: () => JsonBody) =>
  bendSync((events) =>
    events.map((event) =>
      event.type === 'm.room.encryption' ? { ...event, content: { ...event.content, ...rotation() } } : event,
    ),
  );

/** How many room keys the messages of a room were sent under. */
function keysOf({ seen }: HostileProxy, roomId: string): number {
  const sent = seen.filter(({ path }) => decodeURIComponent(path).includes(`/rooms/${roomId}/send/m.room.encrypted/`));
  return new Set(sent.map(({ body }) => JSON.parse(body).session_id)).size;
}

/** More than one key is used for at most. */
const many = 101;
const endless = { rotation_period_msgs: 1e15, rotation_period_ms: 1e15 };

test('A4 · absurd rotation: a naive client keeps one key for as long as it is told', async () => {
  const scene = await naiveTalk(
    server,
    'ann',
    asking(() => endless),
  );
  for (let at = 0; at < many; at++) {
    await scene.plain.client.sendMessage(scene.roomId, { msgtype: MsgType.Text as const, body: `${at}` });
  }
  assert.equal(keysOf(scene.proxy, scene.roomId), 1);
  await endAll(scene);
});

test('A4 · absurd rotation: a naive client can’t send at all where half a message is asked for', async () => {
  const scene = await naiveTalk(
    server,
    'bea',
    asking(() => ({ rotation_period_msgs: 0.5 })),
  );
  await assert.rejects(scene.plain.client.sendMessage(scene.roomId, { msgtype: MsgType.Text as const, body: 'a' }));
  await endAll(scene);
});

/** What is asked for, how many messages are sent, and how many keys Sotto uses for them. */
const cases: readonly (readonly [JsonBody, { messages: number; keys: number }])[] = [
  [endless, { messages: many, keys: 2 }],
  ...[0, -1, -1e15, 0.5].map((value) => [{ rotation_period_msgs: value }, { messages: 3, keys: 3 }] as const),
  ...['1', null, {}, [], true].map((value) => [{ rotation_period_msgs: value }, { messages: 3, keys: 1 }] as const),
  ...[0, -1, 0.5, '0', null, 1e300].map((value) => [{ rotation_period_ms: value }, { messages: 3, keys: 1 }] as const),
];

test('A4 · absurd rotation: Sotto sends, and keeps to limits of its own', async () => {
  let rotation: JsonBody = {};
  const { proxy, behind } = await lyingServer(
    server,
    asking(() => rotation),
  );
  const cleo = await newPerson(behind, 'cleo');
  await until(() => cleo.session.recovery.get().kind === 'not-set-up');
  for (const [asked, { messages, keys }] of cases) {
    rotation = asked;
    const handle = cleo.session.room(await cleo.session.createRoom({ name: 'Turning', isEncrypted: true }));
    for (let at = 0; at < messages; at++) handle.send(`message ${at}`);
    for (let at = 0; at < messages; at++) await arrived(handle, `message ${at}`);
    assert.equal(keysOf(proxy, handle.roomId), keys, JSON.stringify(asked));
    handle.close();
  }
  await cleo.session.stop();
  await proxy.stop();
});
