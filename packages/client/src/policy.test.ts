import assert from 'node:assert/strict';
import test from 'node:test';
import { startServer, until } from '@sotto/testing';
import { indexedDB } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { arrived, itemWhere, newPerson, roomWhere, talk, textsOf } from '../test/people.ts';
import { policyIn } from './engine/trust/policy.ts';
import type { RoomHandle } from './types.ts';

test('an answer that is no policy is none', () => {
  const encryption = { direct: 'forced', private: 'default', public: 'optional', team: 'forbidden' };
  assert.deepEqual(policyIn({ encryption, more: 1 }), { encryption, verifiedOnly: [] });
  const told = policyIn({ encryption, verified_only: ['team', 'castle', 'direct'] });
  assert.deepEqual(told?.verifiedOnly, ['direct', 'team'], 'as far as it is known here');
  for (const wrong of [{}, { encryption: null }, { encryption: { ...encryption, direct: 'never' } }])
    assert.equal(policyIn(wrong), undefined);
});

test('the policy is told, forbids turning on, and no word of the server alone makes a chat in clear', async (t) => {
  const encryption = { direct: 'forbidden', private: 'forbidden', public: 'optional', team: 'default' };
  const server = await startServer({ config: { encryption } });
  t.after(() => server.stop());
  const [ada, bob] = await Promise.all([newPerson(server, 'ada'), newPerson(server, 'bob')]);
  t.after(() => Promise.all([ada, bob].map(({ session }) => session.stop())));
  assert.deepEqual(await until(() => ada.session.policy.get()), { encryption, verifiedOnly: [] });
  const room = ada.session.room(await ada.session.createRoom({ name: 'open', isEncrypted: false }));
  const trust = await until(() => {
    const { trust } = room.details.get() ?? {};
    return trust?.encryptionRule && trust;
  });
  assert.deepEqual([trust.encryptionRule, trust.canEnableEncryption], ['forbidden', false]);
  await assert.rejects(room.enableEncryption(), { message: 'forbidden' });
  await assert.rejects(ada.session.openDirect(bob.userId), { message: 'forbidden' });
  const chat = ada.session.room(await ada.session.openDirect(bob.userId, { isEncrypted: false }));
  assert.equal((await until(() => chat.details.get()))?.isEncrypted, false);
  await until(() => chat.details.get()?.trust?.encryptionRule === 'forbidden');
});

test('where encryption is forced, a room is encrypted whatever was asked, and has no way out', async (t) => {
  const server = await startServer({ config: { encryption: { private: 'forced', direct: 'forced' } } });
  t.after(() => server.stop());
  const cat = await newPerson(server, 'cat');
  t.after(() => cat.session.stop());
  const room = cat.session.room(await cat.session.createRoom({ name: 'closed', isEncrypted: false }));
  await until(() => room.details.get()?.isEncrypted);
  await until(() => room.details.get()?.trust?.encryptionRule === 'forced');
  assert.equal(room.details.get()?.trust?.canContinueUnencrypted, false);
  await assert.rejects(room.continueUnencrypted(), { message: 'forbidden' });
  room.send('sealed');
  await arrived(room, 'sealed');
});

test('where the organisation wants verified people only, nothing is sent to others, also before it says so again', async (t) => {
  const server = await startServer({ config: { encryption: { verifiedOnly: ['direct'] } } });
  t.after(() => server.stop());
  const [fay, gus] = await Promise.all([newPerson(server, 'fay', { indexedDB }), newPerson(server, 'gus')]);
  t.after(() => Promise.all([fay, gus].map(({ session }) => session.stop())));
  const { a, roomId } = await talk(fay, gus);
  await until(() => a.details.get()?.trust?.isVerifiedOnlySet);
  a.setVerifiedOnly(false);
  const isHeldBack = async (room: RoomHandle, text: string) => {
    room.send(text);
    const held = await itemWhere(
      room,
      (item) => item.kind === 'message' && item.text === text && item.delivery === 'failed',
    );
    return held.kind === 'message' && held.problem?.kind === 'unverified-people';
  };
  assert.ok(await isHeldBack(a, 'for verified people'));
  fay.wire.cut = (path) => path.endsWith('/policy');
  const again = await fay.reload();
  t.after(() => again.session.stop());
  assert.ok(await isHeldBack(again.session.room(roomId), 'before the answer'));
  const room = again.session.room(await again.session.createRoom({ name: 'open to all', isEncrypted: true }));
  await until(() => room.details.get()?.trust);
  assert.equal(room.details.get()?.trust?.isVerifiedOnlySet, undefined, 'another kind of room');
});

test('a room goes on in a new, unencrypted one: both say so, and the old history stays', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const [dot, eve] = await Promise.all([newPerson(server, 'dot'), newPerson(server, 'eve')]);
  t.after(() => Promise.all([dot, eve].map(({ session }) => session.stop())));
  const { a, b, roomId } = await talk(dot, eve);
  a.send('sealed history');
  await arrived(b, 'sealed history');
  await until(() => a.details.get()?.trust?.canContinueUnencrypted);
  dot.wire.refuse = (path) => path.includes('/send/m.room.encrypted');
  a.send('never sent');
  const unsent = await itemWhere(
    a,
    (item) => item.kind === 'message' && item.text === 'never sent' && item.delivery === 'failed',
  );
  delete dot.wire.refuse;
  const nextId = await a.continueUnencrypted();
  await roomWhere(dot, (room) => room.roomId === nextId && room.membership === 'join');
  const next = dot.session.room(nextId);
  await itemWhere(a, (item) => item.kind === 'notice' && item.what.kind === 'replaced' && item.what.roomId === nextId);
  await itemWhere(next, (item) => item.kind === 'notice' && item.what.kind === 'created' && !!item.what.follows);
  assert.equal((await until(() => next.details.get()?.predecessor))?.roomId, roomId);
  const successor = await until(() => a.details.get()?.successor);
  assert.deepEqual(successor, { roomId: nextId, membership: 'join', isProven: true, isEncrypted: false });
  assert.equal(next.details.get()?.isEncrypted, false);
  assert.equal(a.details.get()?.trust?.canContinueUnencrypted, false, 'it is continued once');
  assert.ok(textsOf(a).includes('sealed history'));
  await roomWhere(eve, (room) => room.roomId === nextId);
  assert.ok(
    !(await roomWhere(dot, (room) => room.roomId === roomId)).isContinued,
    'what was not sent stays to be seen',
  );
  a.discard(unsent.key);
  await roomWhere(dot, (room) => room.roomId === roomId && room.isContinued === true);
  const theirs = eve.session.room(nextId);
  if (theirs.details.get()?.membership === 'invite') await theirs.accept();
  await roomWhere(eve, (room) => room.roomId === nextId && room.membership === 'join');
  assert.ok(
    !(await roomWhere(eve, (room) => room.roomId === roomId)).isContinued,
    'that it goes on in clear is not seen',
  );
  b.markRead();
  await roomWhere(eve, (room) => room.roomId === roomId && room.isContinued === true);
  assert.equal(await dot.session.openDirect(eve.userId), nextId, 'the chat of the two is the new one');
  next.send('in the open');
  await arrived(theirs, 'in the open');
  await next.enableEncryption();
  await until(() => next.details.get()?.isEncrypted);
  await next.leave();
  await roomWhere(dot, (room) => room.roomId === roomId && !room.isContinued);
});
