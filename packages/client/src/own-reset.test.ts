import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { arrived, newDevice, newPerson, password, roomWhere, type TestPerson, talk, verify } from '../test/people.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

async function setUp({ session: { recovery } }: TestPerson): Promise<string> {
  await until(() => recovery.get().kind === 'not-set-up');
  const { recoveryKey } = await recovery.setUp({ withKey: true });
  return recoveryKey ?? assert.fail('no key');
}

async function unlock({ session }: TestPerson, recoveryKey: string): Promise<void> {
  await until(() => session.recovery.get().kind === 'locked');
  await session.recovery.unlock(recoveryKey);
  await until(() => {
    const phase = session.phase.get();
    return phase.kind === 'ready' && phase.me.isSignedByOwner;
  });
}

test('after one’s own reset one’s other sessions say of nobody that they were reset, until they are', async (t) => {
  const [laptop, ben] = await Promise.all([newPerson(server, 'ann'), newPerson(server, 'ben')]);
  const phone = await newDevice(server, 'ann');
  t.after(() => Promise.all([laptop, ben, phone].map(({ session }) => session.stop())));
  await unlock(phone, await setUp(laptop));
  const { roomId } = await talk(laptop, ben);
  await roomWhere(phone, (room) => room.roomId === roomId);
  const onPhone = phone.session.room(roomId);
  const person = phone.session.person(ben.userId);
  t.after(() => {
    person.close();
    onPhone.close();
  });
  await verify(laptop, ben);
  await until(() => person.get().identity.kind === 'verified', { what: 'the phone knows that ben is verified' });

  const seen: string[] = [];
  t.after(person.subscribe(() => seen.push(person.get().identity.kind)));
  await laptop.session.recovery.resetIdentity(password);
  await until(() => person.get().identity.kind === 'pinned', { what: 'ben is as if never verified' });
  await unlock(phone, await setUp(laptop));
  await until(() => onPhone.details.get()?.trust?.sendBlockedBy.length === 0);
  onPhone.send('nothing waits for ben');
  await arrived(onPhone, 'nothing waits for ben');
  assert.ok(!seen.includes('changed'), seen.join());

  await until(() => ben.session.recovery.get().kind === 'not-set-up');
  await ben.session.recovery.resetIdentity(password);
  await until(() => person.get().identity.kind === 'changed', { what: 'ben himself was reset' });
  await until(() => onPhone.details.get()?.trust?.sendBlockedBy[0]?.userId === ben.userId);
});

test('who is replaced while one resets one’s own identity is not taken as they were', async (t) => {
  const [ann, ben] = await Promise.all([newPerson(server, 'cat'), newPerson(server, 'dan')]);
  t.after(() => Promise.all([ann, ben].map(({ session }) => session.stop())));
  const { a } = await talk(ann, ben);
  const person = ann.session.person(ben.userId);
  t.after(() => person.close());
  await verify(ann, ben);
  await until(() => person.get().identity.kind === 'verified');
  const gate = Promise.withResolvers<void>();
  let isHeld = false;
  ann.wire.hold = (path) => {
    if (!path.includes('device_signing/upload')) return;
    isHeld = true;
    return gate.promise;
  };
  const resetting = ann.session.recovery.resetIdentity(password);
  await until(() => isHeld, { what: 'the server sits on its answer' });
  await until(() => ben.session.recovery.get().kind === 'not-set-up');
  await ben.session.recovery.resetIdentity(password);
  await until(() => person.get().identity.kind === 'changed', { what: 'ben’s new key has come' });

  gate.resolve();
  await resetting;
  await until(() => {
    const phase = ann.session.phase.get();
    return phase.kind === 'ready' && phase.me.isSignedByOwner;
  });
  assert.equal(person.get().identity.kind, 'changed', 'nobody accepted the new key');
  await until(() => a.details.get()?.trust?.sendBlockedBy[0]?.userId === ben.userId, { what: 'sending waits for ann' });
});

test('an answer about one’s own keys that is older than the new identity takes nothing of it away', async (t) => {
  const desk = await newPerson(server, 'eve');
  await until(() => desk.session.recovery.get().kind === 'not-set-up');
  const published = Promise.withResolvers<void>();
  let isLate = false;
  desk.wire.hold = (path) => {
    if (path.endsWith('/keys/signatures/upload')) published.resolve();
    if (!path.endsWith('/keys/query')) return;
    isLate = true;
    return published.promise;
  };
  const phone = await newDevice(server, 'eve');
  t.after(() => Promise.all([desk, phone].map(({ session }) => session.stop())));
  await until(() => isLate, { what: 'the desk asks for the keys of the phone' });
  const asked = () => desk.wire.sent.filter((request) => request.includes('/keys/query')).length;
  const before = asked();
  await desk.session.recovery.resetIdentity(password);
  await until(() => asked() > before, { what: 'the desk, done with that answer, asks again' });
  await unlock(phone, await setUp(desk));
});
