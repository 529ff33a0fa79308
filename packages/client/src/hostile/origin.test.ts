import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type HostileScript, type JsonBody, startServer, type TestServer, until } from '@sotto/testing';
import { askAs, endAll, naiveTalk, ourTalk } from '../../test/hostile.ts';
import { arrived, itemWhere, newDevice, textsOf } from '../../test/people.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** Says of each encrypted message that another member wrote it. */
const asWrittenBy = (sender: () => string): HostileScript => ({
  answer(path, body) {
    if (!path.endsWith('/sync')) return;
    for (const room of Object.values<JsonBody>(body.rooms?.join ?? {})) {
      for (const event of room.timeline?.events ?? []) if (event.type === 'm.room.encrypted') event.sender = sender();
    }
  },
});

test('A5 · a message is shown as somebody else’s', async (t) => {
  await t.test('a naive client believes it', async () => {
    let sender = '';
    const scene = await naiveTalk(
      server,
      'ann',
      asWrittenBy(() => sender),
    );
    sender = scene.plain.userId;
    scene.friend.session.room(scene.roomId).send('I owe you ten euros');
    const { client } = scene.plain;
    await until(async () => {
      const events = client.getRoom(scene.roomId)?.getLiveTimeline().getEvents() ?? [];
      await Promise.all(events.map((event) => client.decryptEventIfNeeded(event)));
      return events.some((event) => event.getSender() === sender && event.getContent().body === 'I owe you ten euros');
    });
    await endAll(scene);
  });
  await t.test('Sotto says that it isn’t from them, or doesn’t open it', async () => {
    let sender = '';
    const scene = await ourTalk(
      server,
      'bob',
      asWrittenBy(() => sender),
    );
    sender = scene.ours.userId;
    scene.b.send('I owe you ten euros');
    const shown = await itemWhere(scene.a, (item) => item.kind !== 'notice');
    assert.ok(
      shown.kind === 'undecryptable' || (shown.kind === 'message' && shown.doubt === 'sender-mismatch'),
      JSON.stringify(shown),
    );
    await endAll(scene);
  });
});

test('A5 · a message is moved into another room: it doesn’t open there', async () => {
  let moved: JsonBody | undefined;
  let into = '';
  const scene = await ourTalk(server, 'cat', {
    answer(path, body) {
      if (!path.endsWith('/sync')) return;
      for (const [roomId, room] of Object.entries<JsonBody>(body.rooms?.join ?? {})) {
        const events: JsonBody[] = room.timeline?.events ?? [];
        if (roomId !== into) moved ??= events.find(({ type }) => type === 'm.room.encrypted');
        else if (moved) events.push({ ...moved, event_id: '$moved' });
      }
    },
  });
  scene.b.send('yes, do it');
  await arrived(scene.a, 'yes, do it');
  into = await scene.ours.session.createRoom({ name: 'Another question', isEncrypted: true });
  const other = scene.ours.session.room(into);
  other.send('shall we delete everything?');
  await itemWhere(other, (item) => item.kind === 'undecryptable');
  assert.deepEqual(textsOf(other), ['shall we delete everything?']);
  await endAll(scene);
});

test('A8 · a room key that a session asks for is given to one’s own verified sessions alone', async () => {
  const scene = await ourTalk(server, 'dot');
  scene.a.send('sealed');
  await arrived(scene.b, 'sealed');
  const intruder = await newDevice(server, 'dot');
  const logins = () => scene.ours.session.devices.newLogins.get();
  const own = await until(() => logins().find(({ fingerprint }) => fingerprint !== undefined));
  const id = `${scene.ours.userId}/${own.deviceId}`;
  const event = await until(async () => {
    const { chunk } = await askAs(scene.ours, server, {
      method: 'GET',
      path: `/rooms/${scene.roomId}/messages?dir=b&limit=20`,
    });
    return chunk.find(({ type }: JsonBody) => type === 'm.room.encrypted');
  });
  const { algorithm, session_id, sender_key = '' } = event.content;
  const askForKey = (attempt: string) =>
    askAs(intruder, server, {
      method: 'PUT',
      path: `/sendToDevice/m.room_key_request/${attempt}`,
      body: {
        messages: {
          [scene.ours.userId]: {
            '*': {
              action: 'request',
              request_id: attempt,
              requesting_device_id: own.deviceId,
              body: { algorithm, room_id: scene.roomId, sender_key, session_id },
            },
          },
        },
      },
    });
  await askForKey('first');
  // Something later has arrived: the request was seen before it.
  scene.b.send('later');
  await arrived(scene.a, 'later');
  scene.a.send('later still');
  await arrived(scene.b, 'later still');
  assert.ok(!scene.proxy.keyReceivers().includes(id));
  await scene.ours.session.devices.verifyByHand(own.deviceId, own.fingerprint ?? '');
  await askForKey('second');
  await until(() => scene.proxy.keyReceivers().includes(id), {
    what: 'the same request of a verified session is answered',
  });
  await intruder.session.stop();
  await endAll(scene);
});
