import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/CryptoEvent.js';
import {
  VerificationPhase as SdkPhase,
  type VerificationRequest as SdkRequest,
} from 'matrix-js-sdk/lib/crypto-api/index.js';
import { compare, newDevice, newPerson, roomWhere, stands, type TestPerson, talk } from '../test/people.ts';
import { newPlainPerson } from '../test/plain-client.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

test('two people verify by emoji', async (t) => {
  const [ada, bob] = await Promise.all([newPerson(server, 'ada'), newPerson(server, 'bob')]);
  t.after(() => Promise.all([ada, bob].map(({ session }) => session.stop())));
  const { a, b } = await talk(ada, bob);
  const id = await ada.session.verifications.request({ userId: bob.userId });
  const incoming = await stands(bob, 'incoming');
  assert.deepEqual([incoming.other.userId, incoming.isOwnSession, incoming.isIncoming], [ada.userId, false, true]);
  await bob.session.verifications.accept(incoming.id);
  const choosing = await stands(ada, 'choosing');
  assert.ok(choosing.phase.canEmoji);
  await Promise.all([ada.session.verifications.startEmoji(id), bob.session.verifications.startEmoji(incoming.id)]);
  const [mine, theirs] = await Promise.all([stands(ada, 'emoji'), stands(bob, 'emoji')]);
  assert.deepEqual(mine.phase.ids, theirs.phase.ids);
  assert.equal(mine.phase.ids.length, 7);
  await ada.session.verifications.confirm(id);
  await stands(ada, 'waiting');
  await bob.session.verifications.confirm(incoming.id);
  await Promise.all([stands(ada, 'done'), stands(bob, 'done')]);
  const clear = ada.wire.sent.filter(
    (request) => request.includes('/send/') && !request.includes('/send/m.room.encrypted/'),
  );
  assert.deepEqual(clear, [], 'who verifies whom is encrypted');
  assert.deepEqual(
    [...a.timeline.get().items, ...b.timeline.get().items].filter((item) => item.kind !== 'notice'),
    [],
  );
  ada.session.verifications.dismiss(id);
  assert.deepEqual(ada.session.verifications.get(), []);
});

test('a mismatch cancels and says so on both sides', async (t) => {
  const [cat, dot] = await Promise.all([newPerson(server, 'cat'), newPerson(server, 'dot')]);
  t.after(() => Promise.all([cat, dot].map(({ session }) => session.stop())));
  await talk(cat, dot);
  const id = await compare(cat, dot);
  await dot.session.verifications.mismatch(id);
  const [mine, theirs] = await Promise.all([stands(cat, 'cancelled'), stands(dot, 'cancelled')]);
  assert.deepEqual(mine.phase, { kind: 'cancelled', by: 'them', why: 'mismatch' });
  assert.deepEqual(theirs.phase, { kind: 'cancelled', by: 'us', why: 'mismatch' });
});

test('a new session is signed by another one, by QR code', async (t) => {
  const eve = await newPerson(server, 'eve');
  const { recoveryKey } = await until(() => eve.session.recovery.get().kind === 'not-set-up').then(() =>
    eve.session.recovery.setUp({ withKey: true }),
  );
  assert.ok(recoveryKey);
  const phone = await newDevice(server, 'eve');
  t.after(() => Promise.all([eve, phone].map(({ session }) => session.stop())));
  await until(() => eve.session.devices.newLogins.get()[0], { what: 'the new login is noticed' });
  const id = await phone.session.verifications.request({});
  const incoming = await stands(eve, 'incoming');
  assert.equal(incoming.isOwnSession, true);
  await eve.session.verifications.accept(incoming.id);
  const shown = await until(() =>
    eve.session.verifications.get().find(({ phase }) => phase.kind === 'choosing' && phase.qr),
  );
  await stands(phone, 'choosing');
  assert.ok(shown.phase.kind === 'choosing' && shown.phase.qr);
  await phone.session.verifications.scan(id, shown.phase.qr);
  await stands(eve, 'scanned');
  await eve.session.verifications.confirm(incoming.id);
  await Promise.all([stands(eve, 'done'), stands(phone, 'done')]);
  await until(() => eve.session.devices.newLogins.get().length === 0, { what: 'nobody asks whether it was Eve' });
  await until(() => {
    const phase = phone.session.phase.get();
    return phase.kind === 'ready' && phase.me.isSignedByOwner;
  });
  await until(() => ['unsaved', 'ready'].includes(phone.session.recovery.get().kind), {
    what: 'the secrets came over',
  });
  // Who was asked remembers the question as answered, which no reload ends.
  const goingOn = ({ storage }: TestPerson) =>
    (JSON.parse(storage.get('test-eve:verifying') ?? '[]') as { isAnswered?: true }[]).filter(
      (each) => !each.isAnswered,
    );
  const isOver = () => [eve, phone].every((person) => goingOn(person).length === 0);
  await until(isOver, { what: 'neither session remembers it as going on' });
});

test('a plain client verifies with Sotto by emoji', async (t) => {
  const [gus, plain] = await Promise.all([newPerson(server, 'gus'), newPlainPerson(server, 'plain')]);
  t.after(async () => {
    plain.stop();
    await gus.session.stop();
  });
  const roomId = await gus.session.openDirect(plain.userId);
  await plain.client.joinRoom(roomId);
  await roomWhere(gus, (room) => room.roomId === roomId);
  const { promise, resolve } = Promise.withResolvers<SdkRequest>();
  plain.client.on(CryptoEvent.VerificationRequestReceived, resolve);
  const id = await gus.session.verifications.request({ userId: plain.userId });
  const request = await promise;
  await request.accept();
  await stands(gus, 'choosing');
  await gus.session.verifications.startEmoji(id);
  const verifier = await until(() => request.phase === SdkPhase.Started && request.verifier);
  void verifier.verify().catch(() => {});
  await stands(gus, 'emoji');
  await gus.session.verifications.confirm(id);
  const sas = await until(() => verifier.getShowSasCallbacks() ?? undefined);
  await sas.confirm();
  await stands(gus, 'done');
  await until(async () => (await plain.crypto.getUserVerificationStatus(gus.userId)).isVerified());
});
