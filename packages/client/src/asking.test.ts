import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import {
  agree,
  newDevice,
  newPerson,
  password,
  roomWhere,
  stands,
  type TestPerson,
  talk,
  verify,
} from '../test/people.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

test('somebody with whom no conversation is shared is asked on each session, and answers on one', async (t) => {
  const [ada, bob] = await Promise.all([newPerson(server, 'ada'), newPerson(server, 'bob')]);
  const phone = await newDevice(server, 'bob');
  t.after(() => Promise.all([ada, bob, phone].map(({ session }) => session.stop())));
  await until(() => bob.session.recovery.get().kind === 'not-set-up');
  const { recoveryKey = '' } = await bob.session.recovery.setUp({ withKey: true });
  await until(() => phone.session.recovery.get().kind === 'locked');
  await phone.session.recovery.unlock(recoveryKey);
  const id = await ada.session.verifications.request({ userId: bob.userId });
  const [onLaptop, onPhone] = await Promise.all([stands(bob, 'incoming'), stands(phone, 'incoming')]);
  assert.deepEqual([onLaptop.roomId, onLaptop.other.userId, onLaptop.isAfterChange], [undefined, ada.userId, false]);
  assert.deepEqual(ada.session.rooms.get(), [], 'no room is made for it');
  await phone.session.verifications.accept(onPhone.id);
  await stands(ada, 'choosing');
  await stands(bob, 'cancelled');
  await ada.session.verifications.startEmoji(id);
  const [mine, theirs] = await Promise.all([stands(ada, 'emoji'), stands(phone, 'emoji')]);
  assert.deepEqual(mine.phase.ids, theirs.phase.ids);
  await Promise.all([ada.session.verifications.confirm(id), phone.session.verifications.confirm(onPhone.id)]);
  await Promise.all([stands(ada, 'done'), stands(phone, 'done')]);
  const person = ada.session.person(bob.userId);
  t.after(() => person.close());
  await until(() => person.get().identity.kind === 'verified');
});

test('somebody who has not accepted the invitation yet sees the question, and can decline it', async (t) => {
  const [cat, dot] = await Promise.all([newPerson(server, 'cat'), newPerson(server, 'dot')]);
  t.after(() => Promise.all([cat, dot].map(({ session }) => session.stop())));
  const roomId = await cat.session.openDirect(dot.userId);
  await roomWhere(dot, (room) => room.roomId === roomId && room.membership === 'invite');
  await cat.session.verifications.request({ userId: dot.userId });
  const incoming = await stands(dot, 'incoming');
  await dot.session.verifications.decline(incoming.id);
  const { phase } = await stands(cat, 'cancelled');
  assert.deepEqual(phase, { kind: 'cancelled', by: 'them', why: 'declined' });
});

test('both ask at once: one question stands on both sides', async (t) => {
  for (const [first, second] of [
    ['eve', 'fay'],
    ['hal', 'gus'],
  ] as const) {
    const [a, b] = await Promise.all([newPerson(server, first), newPerson(server, second)]);
    t.after(() => Promise.all([a, b].map(({ session }) => session.stop())));
    await talk(a, b);
    await Promise.all([
      a.session.verifications.request({ userId: b.userId }),
      b.session.verifications.request({ userId: a.userId }),
    ]);
    const [mine, theirs] = await Promise.all([stands(a, 'choosing'), stands(b, 'choosing')]);
    assert.deepEqual(
      [a, b].map(({ session }) => session.verifications.get().length),
      [1, 1],
    );
    // And both press at once.
    await Promise.all([a.session.verifications.startEmoji(mine.id), b.session.verifications.startEmoji(theirs.id)]);
    await Promise.all([stands(a, 'emoji'), stands(b, 'emoji')]);
    await Promise.all([a.session.verifications.confirm(mine.id), b.session.verifications.confirm(theirs.id)]);
    await Promise.all([stands(a, 'done'), stands(b, 'done')]);
  }
});

test('a changed identity is answered by verifying anew, and sending goes on', async (t) => {
  const [ida, jon] = await Promise.all([newPerson(server, 'ida'), newPerson(server, 'jon')]);
  t.after(() => Promise.all([ida, jon].map(({ session }) => session.stop())));
  const { a, b } = await talk(ida, jon);
  /** Whether it was shown as one after a change. */
  const verifyOnce = async (asker: TestPerson, asked: TestPerson) => {
    const id = await verify(asker, asked);
    const shown = asker.session.verifications.get().find((each) => each.id === id);
    for (const { session } of [asker, asked]) session.verifications.dismiss(id);
    return shown?.isAfterChange;
  };
  assert.equal(await verifyOnce(ida, jon), false);
  await until(() => a.details.get()?.trust?.shield === 'green');
  for (const whoAsks of ['ida', 'jon']) {
    await until(() => jon.session.recovery.get().kind === 'not-set-up');
    await jon.session.recovery.resetIdentity(password);
    await until(() => a.details.get()?.trust?.sendBlockedBy.length === 1);
    assert.equal(a.details.get()?.trust?.changedIdentities[0]?.wasVerified, true);
    if (whoAsks === 'ida') assert.equal(await verifyOnce(ida, jon), true);
    else await verifyOnce(jon, ida);
    await until(() => a.details.get()?.trust?.sendBlockedBy.length === 0, { what: `unblocked, asked by ${whoAsks}` });
    await until(() => a.details.get()?.trust?.shield === 'green', { what: 'green again' });
    a.send(`verified anew by ${whoAsks}`);
    await until(() => b.timeline.get().items.some((item) => item.kind === 'message' && item.text.endsWith(whoAsks)));
  }
});

test('two own sessions that ask each other at once meet in one question', async (t) => {
  const kim = await newPerson(server, 'kim');
  await until(() => kim.session.recovery.get().kind === 'not-set-up');
  await kim.session.recovery.setUp({ withKey: true });
  const phone = await newDevice(server, 'kim');
  t.after(() => Promise.all([kim, phone].map(({ session }) => session.stop())));
  const [laptop] = await until(() => kim.session.devices.get()?.filter(({ isThis }) => isThis));
  const fresh = await until(() => kim.session.devices.newLogins.get()[0]);
  await Promise.all([
    kim.session.verifications.request({ deviceId: fresh.deviceId }),
    phone.session.verifications.request({ deviceId: laptop?.deviceId ?? '' }),
  ]);
  const both = await Promise.all([stands(kim, 'choosing'), stands(phone, 'choosing')]);
  await kim.session.verifications.startEmoji(both[0].id);
  await Promise.all([stands(kim, 'emoji'), stands(phone, 'emoji')]);
  await Promise.all([kim.session.verifications.confirm(both[0].id), phone.session.verifications.confirm(both[1].id)]);
  await Promise.all([stands(kim, 'done'), stands(phone, 'done')]);

  const notices = () => kim.session.devices.newLogins.get().map(({ deviceId }) => deviceId);
  kim.session.verifications.dismiss(both[0].id);
  await until(() => notices().length === 0, { what: 'who compared is not asked' });
  const identifier = { type: 'm.id.user', user: 'kim' };
  const again = { type: 'm.login.password', identifier, password, device_id: fresh.deviceId };
  await server.api('POST', '/v3/login', { body: again });
  await kim.session.devices.refresh();
  assert.deepEqual(notices(), [fresh.deviceId], 'that is not the login that was compared');
});

/** The code that somebody's screen shows. */
async function codeOf({ session }: TestPerson): Promise<Uint8Array> {
  return until(() => {
    const [first] = session.verifications.get();
    return first?.phase.kind === 'choosing' && first.phase.qr;
  });
}

test('two people verify by QR code: the other side confirms what it sees', async (t) => {
  const [lea, max] = await Promise.all([newPerson(server, 'lea'), newPerson(server, 'max')]);
  t.after(() => Promise.all([lea, max].map(({ session }) => session.stop())));
  await talk(lea, max);
  const id = await agree(lea, max);
  const code = await codeOf(max);
  for (const cut of [code.slice(0, 20), code.slice(0, -20), new TextEncoder().encode('https://example.org')]) {
    await assert.rejects(lea.session.verifications.scan(id, cut), { message: 'unreadable-code' });
    await stands(lea, 'choosing');
  }
  await lea.session.verifications.scan(id, code);
  await stands(max, 'scanned');
  await max.session.verifications.confirm(id);
  await Promise.all([stands(lea, 'done'), stands(max, 'done')]);
  const person = lea.session.person(max.userId);
  t.after(() => person.close());
  await until(() => person.get().identity.kind === 'verified');
});

test('the code of somebody else ends it on both sides, and nobody is verified', async (t) => {
  const [ned, ola, pia] = await Promise.all(['ned', 'ola', 'pia'].map((name) => newPerson(server, name)));
  assert.ok(ned && ola && pia);
  t.after(() => Promise.all([ned, ola, pia].map(({ session }) => session.stop())));
  await talk(ned, ola);
  await talk(pia, ola);
  const id = await agree(ned, ola);
  await agree(pia, ola);
  const code = await codeOf(pia);
  await assert.rejects(ned.session.verifications.scan(id, code), { message: 'wrong-code' });
  await stands(ned, 'cancelled');
  await until(() => ola.session.verifications.get().some(({ phase }) => phase.kind === 'cancelled'));
  const person = ned.session.person(ola.userId);
  t.after(() => person.close());
  await until(() => person.get().identity.kind === 'pinned');
});

test('a question that nobody answers is over after ten minutes, on both sides', async (t) => {
  const [rob, sue] = await Promise.all([newPerson(server, 'rob'), newPerson(server, 'sue')]);
  t.after(() => Promise.all([rob, sue].map(({ session }) => session.stop())));
  const { a } = await talk(rob, sue);
  await rob.session.verifications.request({ userId: sue.userId });
  await stands(sue, 'incoming');
  // The machine reads the time from here.
  const { now } = performance;
  t.after(() => Object.assign(performance, { now }));
  Object.assign(performance, { now: () => now.call(performance) + 11 * 60_000 });
  a.send('the next sync looks at the clock');
  const [mine, theirs] = await Promise.all([stands(rob, 'cancelled'), stands(sue, 'cancelled')]);
  assert.deepEqual([mine.phase.why, theirs.phase.why], ['timed-out', 'timed-out']);
});
