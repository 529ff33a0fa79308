import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { arrived, itemWhere, keySentWith, newDevice, newPerson, now, password, talk } from '../test/people.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

test('an identity that was reset stops sending until it is accepted', async (t) => {
  const [ada, bob] = await Promise.all([newPerson(server, 'ada'), newPerson(server, 'bob')]);
  t.after(() => Promise.all([ada, bob].map(({ session }) => session.stop())));
  const { a, b } = await talk(ada, bob);
  a.send('before');
  await arrived(b, 'before');
  await until(() => a.details.get()?.trust?.shield === 'grey', { what: 'the room is grey: nobody is verified' });
  const person = ada.session.person(bob.userId);
  t.after(() => person.close());
  await until(() => person.get().identity.kind === 'pinned');
  await until(() => bob.session.recovery.get().kind === 'not-set-up');
  await bob.session.recovery.resetIdentity(password);
  const changed = await until(() => {
    const { identity } = person.get();
    return identity.kind === 'changed' && identity;
  });
  assert.equal(changed.wasVerified, false);
  const blocked = await until(() => a.details.get()?.trust?.sendBlockedBy[0]);
  assert.equal(blocked.userId, bob.userId);
  a.send('canary of the reset');
  const held = await itemWhere(a, (item) => item.kind === 'message' && item.delivery === 'failed');
  assert.ok(held.kind === 'message' && held.problem?.kind === 'identity-changed');
  await person.acceptNewIdentity(changed);
  await until(() => a.details.get()?.trust?.sendBlockedBy.length === 0);
  a.retry(held.key);
  await arrived(b, 'canary of the reset');
});

test('only verified people: nothing is sent until everyone is', async (t) => {
  const [cat, dot] = await Promise.all([newPerson(server, 'cat'), newPerson(server, 'dot')]);
  t.after(() => Promise.all([cat, dot].map(({ session }) => session.stop())));
  const { a, b } = await talk(cat, dot);
  a.setVerifiedOnly(true);
  await until(() => a.details.get()?.trust?.isVerifiedOnly);
  a.send('for verified people');
  const held = await itemWhere(a, (item) => item.kind === 'message' && item.delivery === 'failed');
  assert.ok(held.kind === 'message' && held.problem?.kind === 'unverified-people');
  a.setVerifiedOnly(false);
  a.retry(held.key);
  await arrived(b, 'for verified people');
});

test('own sessions: listed, named, noticed when new, signed by hand, signed out', async (t) => {
  const eve = await newPerson(server, 'eve');
  const { devices } = eve.session;
  await until(() => devices.get()?.length === 1);
  const phone = await newDevice(server, 'eve');
  t.after(() => Promise.all([eve, phone].map(({ session }) => session.stop())));
  const withKeys = () => devices.newLogins.get().find(({ fingerprint }) => fingerprint !== undefined);
  const fresh = await until(withKeys, { what: 'the new login is noticed, and has its keys' });
  assert.deepEqual([fresh.isThis, fresh.isSigned], [false, false]);
  devices.acknowledge(fresh);
  assert.deepEqual(devices.newLogins.get(), []);
  await devices.rename(fresh.deviceId, 'Eve’s phone');
  const found = () => devices.get()?.find(({ deviceId }) => deviceId === fresh.deviceId);
  assert.equal(found()?.name, 'Eve’s phone');
  const { fingerprint = '' } = found() ?? {};
  await assert.rejects(devices.verifyByHand(fresh.deviceId, 'AAAA BBBB'), { message: 'changed-meanwhile' });
  const onPhone = () => phone.session.devices.get()?.find(({ isThis, fingerprint: is }) => !isThis && is !== undefined);
  const laptop = await until(onPhone, { what: 'the phone has the keys of the laptop' });
  const { fingerprint: shown = '' } = eve.session.devices.get()?.find(({ isThis }) => isThis) ?? {};
  assert.equal(laptop.fingerprint, shown, 'each session shows what the other is to be compared with');
  await assert.rejects(phone.session.devices.verifyByHand(laptop.deviceId, shown), {
    message: 'session-not-confirmed',
  });
  await devices.verifyByHand(fresh.deviceId, fingerprint);
  await until(() => {
    const phase = phone.session.phase.get();
    return phase.kind === 'ready' && phase.me.isSignedByOwner;
  });
  await assert.rejects(devices.signOut(fresh.deviceId, 'not it'), { message: 'wrong-credentials' });
  await devices.signOutOthers(password);
  assert.equal(found(), undefined);
  await until(() => phone.session.phase.get().kind === 'expired');
});

test('a login that brings no keys is told too; the device that sleeps is none', async (t) => {
  let isLater = false;
  const fay = await newPerson(server, 'fay', { now: () => now() + (isLater ? 10 * 60_000 : 0) });
  t.after(() => fay.session.stop());
  const { devices, recovery } = fay.session;
  await until(() => devices.get()?.length === 1 && recovery.get().kind === 'not-set-up');
  await recovery.setUp({ withKey: true });
  await devices.refresh();
  assert.deepEqual(devices.newLogins.get(), []);
  const identifier = { type: 'm.id.user', user: 'fay' };
  const body = { type: 'm.login.password', identifier, password, initial_device_display_name: 'A script' };
  assert.equal((await server.api('POST', '/v3/login', { body })).status, 200);
  isLater = true;
  await fay.session.createRoom({ name: 'whatever the next sync brings', isEncrypted: true });
  const fresh = await until(() => devices.newLogins.get()[0], { what: 'the login is noticed' });
  assert.deepEqual([fresh.name, fresh.fingerprint, fresh.isSigned], ['A script', undefined, false]);
  devices.acknowledge(fresh);
  await devices.refresh();
  assert.deepEqual(devices.newLogins.get(), []);
});

test('encryption is turned on in a room that had none, for ever', async (t) => {
  const gus = await newPerson(server, 'gus');
  t.after(() => gus.session.stop());
  const room = gus.session.room(await gus.session.createRoom({ name: 'open', isEncrypted: false }));
  t.after(() => room.close());
  assert.equal((await until(() => room.details.get()?.trust)).canEnableEncryption, true);
  await room.enableEncryption();
  await until(() => room.details.get()?.isEncrypted);
  room.send('sealed from here');
  await arrived(room, 'sealed from here');
  assert.ok(!gus.wire.sent.some((request) => request.includes('sealed from here')));
});

test('the room’s key turns when it is asked for and when somebody leaves, and not with each message', async (t) => {
  const [hal, ida] = await Promise.all([newPerson(server, 'hal'), newPerson(server, 'ida')]);
  t.after(() => Promise.all([hal, ida].map(({ session }) => session.stop())));
  const { a, b } = await talk(hal, ida);
  const keyOf = (text: string) => keySentWith(hal, a, text);
  const first = await keyOf('one');
  assert.equal(await keyOf('two'), first);
  await a.resetRoomKey();
  const second = await keyOf('three');
  assert.notEqual(second, first);
  await b.leave();
  await until(() => a.details.get()?.readers.length === 1);
  assert.notEqual(await keyOf('four'), second);
});
