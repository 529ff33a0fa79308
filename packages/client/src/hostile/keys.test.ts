import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { MsgType } from 'matrix-js-sdk/lib/@types/event.js';
import { bendSync, canary, endAll, naiveTalk, ourTalk, sawCanary } from '../../test/hostile.ts';
import { arrived, itemWhere, newDevice, password, type TestPerson } from '../../test/people.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

const say = { msgtype: MsgType.Text as const, body: canary };

/** Whoever has the server logs in as the friend: a device that the friend never signed. */
async function intruder(friend: TestPerson): Promise<{ id: string; device: TestPerson }> {
  const device = await newDevice(server, friend.name);
  const phase = device.session.phase.get();
  assert.ok(phase.kind === 'ready');
  return { id: `${friend.userId}/${phase.me.deviceId}`, device };
}

test('A4 · the server never says that the room is encrypted', async (t) => {
  const hidden = () => bendSync((events) => events.filter(({ type }) => type !== 'm.room.encryption'));
  await t.test('a naive client sends in clear', async () => {
    const scene = await naiveTalk(server, 'ann', hidden());
    await scene.plain.client.sendMessage(scene.roomId, say);
    assert.ok(sawCanary(scene.proxy));
    await endAll(scene);
  });
  await t.test('Sotto holds the message back', async () => {
    const scene = await ourTalk(server, 'bea', hidden());
    scene.a.send(canary);
    const held = await itemWhere(scene.a, (item) => item.kind === 'message' && item.delivery === 'failed');
    assert.ok(held.kind === 'message' && held.problem?.kind === 'not-encrypted');
    assert.ok(!sawCanary(scene.proxy));
    await endAll(scene);
  });
});

test('A1 · a device is added to a person', async (t) => {
  await t.test('a naive client gives it the keys', async () => {
    const scene = await naiveTalk(server, 'cat');
    const { id, device } = await intruder(scene.friend);
    await until(async () => {
      const known = (await scene.plain.crypto.getUserDeviceInfo([scene.friend.userId], true)).get(scene.friend.userId);
      return known?.size === 2;
    });
    await scene.plain.client.sendMessage(scene.roomId, say);
    assert.ok(scene.proxy.keyReceivers().includes(id));
    await device.session.stop();
    await endAll(scene);
  });
  await t.test('Sotto gives keys to signed devices alone, and does not show what the others send', async () => {
    const scene = await ourTalk(server, 'dot');
    const { id, device } = await intruder(scene.friend);
    const person = scene.ours.session.person(scene.friend.userId);
    await until(() => person.get().devices.some(({ isSigned }) => !isSigned), { what: 'the device is known' });
    scene.a.send(canary);
    await arrived(scene.b, canary);
    assert.ok(scene.proxy.keyReceivers().some((receiver) => receiver.startsWith(scene.friend.userId)));
    assert.ok(!scene.proxy.keyReceivers().includes(id));
    assert.ok(!sawCanary(scene.proxy));
    person.close();
    await device.session.stop();
    await endAll(scene);
  });
});

test('A2 · a person gets a new identity from somebody else', async (t) => {
  const replace = async (friend: TestPerson) => {
    await until(() => friend.session.recovery.get().kind === 'not-set-up');
    await friend.session.recovery.resetIdentity(password);
  };
  await t.test('a naive client goes on as if nothing had happened', async () => {
    const scene = await naiveTalk(server, 'eva');
    await scene.plain.client.sendMessage(scene.roomId, { ...say, body: 'before' });
    await replace(scene.friend);
    await until(
      async () => (await scene.plain.crypto.getUserVerificationStatus(scene.friend.userId)).needsUserApproval,
    );
    const { event_id: eventId } = await scene.plain.client.sendMessage(scene.roomId, say);
    assert.ok(eventId);
    await endAll(scene);
  });
  await t.test('Sotto sends nothing until a person has decided', async () => {
    const scene = await ourTalk(server, 'fay');
    scene.a.send('before');
    await arrived(scene.b, 'before');
    await until(() => scene.a.details.get()?.trust?.shield === 'grey');
    await replace(scene.friend);
    await until(() => scene.a.details.get()?.trust?.sendBlockedBy.length === 1);
    const events = () => scene.proxy.seen.filter(({ path }) => path.includes('/send/')).length;
    const sent = events();
    scene.a.send(canary);
    await itemWhere(scene.a, (item) => item.kind === 'message' && item.problem?.kind === 'identity-changed');
    assert.equal(events(), sent);
    await endAll(scene);
  });
});

test('A2 · the new identity comes in the middle of a send', async () => {
  const scene = await ourTalk(server, 'gia');
  scene.a.send('before');
  await arrived(scene.b, 'before');
  await scene.a.resetRoomKey();
  await until(() => scene.friend.session.recovery.get().kind === 'not-set-up');
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>();
  scene.proxy.script = {
    async answer(path, body) {
      if (!path.endsWith('/keys/query') || !body.master_keys?.[scene.friend.userId]) return;
      isAsked();
      await released;
    },
  };
  await scene.friend.session.recovery.resetIdentity(password);
  await asked;
  const receivers = scene.proxy.keyReceivers().length;
  scene.a.send(canary);
  release();
  await itemWhere(scene.a, (item) => item.kind === 'message' && item.problem?.kind === 'identity-changed');
  const later = scene.proxy.keyReceivers().slice(receivers);
  assert.ok(!later.some((receiver) => receiver.startsWith(scene.friend.userId)), String(later));
  await endAll(scene);
});
