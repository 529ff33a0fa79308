import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { indexedDB } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import {
  arrived,
  collectMemory,
  itemWhere,
  newDevice,
  newPerson,
  newSession,
  roomWhere,
  talk,
  textsOf,
} from '../test/people.ts';
import { ProblemError, type SessionPhase } from './types.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

test('two people talk in an encrypted direct message', async (t) => {
  const [ada, ben] = await Promise.all([newPerson(server, 'ada'), newPerson(server, 'ben')]);
  t.after(() => Promise.all([ada.session.stop(), ben.session.stop()]));
  const { roomId, a, b } = await talk(ada, ben);

  await t.test('it is encrypted, direct, and read by these two', async () => {
    const summary = await roomWhere(ada, (room) => room.roomId === roomId);
    assert.partialDeepStrictEqual(summary, { kind: 'direct', isEncrypted: true, otherUserId: ben.userId });
    assert.deepEqual(
      a.details
        .get()
        ?.readers.map(({ userId }) => userId)
        .sort(),
      [ada.userId, ben.userId].sort(),
    );
    assert.equal(await ada.session.openDirect(ben.userId), roomId, 'opening it again finds it');
  });

  await t.test('messages go both ways, show at once, and keep their key', async () => {
    a.send('hello from ada');
    const echo = await itemWhere(a, (item) => item.kind === 'message' && item.text === 'hello from ada');
    const sent = await arrived(a, 'hello from ada');
    assert.equal(sent.key, echo.key);
    const received = await arrived(b, 'hello from ada');
    assert.ok(received.kind === 'message' && received.doubt === undefined && !received.isMine);
    for (let count = 0; count < 10; count++) b.send(`answer ${count}`);
    for (let count = 0; count < 10; count++) await arrived(a, `answer ${count}`);
    assert.deepEqual(textsOf(a), ['hello from ada', ...Array.from({ length: 10 }, (_, count) => `answer ${count}`)]);
  });

  await t.test('unread is counted, the preview is read, and reading clears', async () => {
    const summary = await roomWhere(ada, (room) => room.unreadCount === 10);
    assert.partialDeepStrictEqual(summary.preview, { text: 'answer 9', isMine: false, kind: 'text' });
    a.markRead();
    await roomWhere(ada, (room) => room.roomId === roomId && room.unreadCount === 0);
  });

  await t.test('typing is shown, and said once', async () => {
    const notices = () => ben.wire.sent.filter((request) => request.includes('/typing/')).length;
    for (let key = 0; key < 5; key++) b.setTyping(true);
    await until(() => a.details.get()?.typing.some(({ userId }) => userId === ben.userId), { what: 'ben is typing' });
    assert.equal(notices(), 1);
    b.setTyping(false);
    b.setTyping(false);
    await until(() => a.details.get()?.typing.length === 0, { what: 'ben has stopped' });
    assert.equal(notices(), 2);
    b.setTyping(true);
    b.setTyping(false);
    await until(() => notices() === 4, { what: 'the end is told after the beginning' });
    assert.match(ben.wire.sent.findLast((request) => request.includes('/typing/')) ?? '', /"typing":false/);
  });

  await t.test('no word of it crossed the wire', () => {
    const wire = [...ada.wire.sent, ...ben.wire.sent].join('\n');
    assert.ok(wire.includes('m.room.encrypted'));
    assert.ok(!wire.includes('hello from ada') && !wire.includes('answer'));
  });
});

test('a reload shows the history, goes on, and logging out leaves nothing behind', async (t) => {
  const fay = await newPerson(server, 'fay', { indexedDB });
  const gus = await newPerson(server, 'gus');
  t.after(() => Promise.all([fay.session.stop(), gus.session.stop()]));
  const { roomId, a, b } = await talk(fay, gus);
  const texts = Array.from({ length: 70 }, (_, count) => `line ${count}`);
  for (const text of texts) b.send(text);
  // Sent one after another: each step has a deadline of its own.
  for (const step of ['line 20', 'line 45', 'line 69']) await arrived(a, step);

  const again = await fay.reload();
  t.after(() => again.session.stop());
  const handle = again.session.room(roomId);
  await arrived(handle, 'line 69');
  while (handle.timeline.get().earlier === 'more') await handle.loadEarlier();
  await arrived(handle, 'line 0');
  assert.deepEqual(textsOf(handle), texts);
  assert.equal(handle.timeline.get().earlier, 'none');
  handle.send('written before the first sync');
  await arrived(b, 'written before the first sync');

  await again.session.logOut();
  assert.deepEqual(again.session.phase.get(), { kind: 'signed-out' });
  assert.deepEqual(again.storage.keys(), []);
  const ours = async () => (await indexedDB.databases()).filter(({ name }) => name?.includes('test-fay'));
  const areGone = async () => {
    collectMemory();
    return (await ours()).length === 0;
  };
  await until(areGone, { what: 'the databases are deleted' });
});

test('a message that could not be sent says so, and goes by itself when the server is back', async (t) => {
  const own = await startServer();
  t.after(() => own.stop());
  const [hal, ida] = await Promise.all([newPerson(own, 'hal'), newPerson(own, 'ida')]);
  t.after(() => Promise.all([hal.session.stop(), ida.session.stop()]));
  const { a, b } = await talk(hal, ida);
  a.send('before');
  await arrived(b, 'before');
  await own.terminate();
  a.send('during');
  a.send('dropped');
  const failed = await itemWhere(
    a,
    (item) => item.kind === 'message' && item.text === 'during' && item.delivery === 'failed',
  );
  const dropped = await itemWhere(
    a,
    (item) => item.kind === 'message' && item.text === 'dropped' && item.delivery === 'failed',
  );
  assert.ok(failed.kind === 'message' && failed.problem?.kind === 'network');
  await until(() => hal.session.connection.get() === 'reconnecting', { what: 'the loss is shown' });
  a.discard(dropped.key);
  await own.restart();
  await until(() => hal.session.connection.get() === 'online', { what: 'the connection is back' });
  await until(() => textsOf(b).includes('during'), { what: 'it arrived' });
  const sent = await arrived(a, 'during');
  assert.equal(sent.key, failed.key);
  assert.deepEqual(textsOf(b), ['before', 'during']);
});

test('invite links: a newcomer registers with one and is invited to its room', async (t) => {
  const own = await startServer({ config: { 'registration.mode': 'invite' } });
  t.after(() => own.stop());
  const first = newSession(own, 'jo');
  const token = await own.firstRunToken();
  assert.equal((await first.session.previewInvite(token)).makesAdmin, true);
  await first.session.register({ username: 'jo', password: 'correct horse battery', token });
  t.after(() => first.session.stop());
  await until(() => isAdmin(first.session.phase.get()), { what: 'the first person is an admin' });

  const roomId = await first.session.createRoom({ name: 'Tea', isEncrypted: true });
  const link = await first.session.room(roomId).createInviteLink();
  const invite = link.split('/').at(-1) ?? '';
  const kim = newSession(own, 'kim');
  t.after(() => kim.session.stop());
  const preview = await kim.session.previewInvite(invite);
  assert.partialDeepStrictEqual(preview, { roomName: 'Tea', makesAdmin: false });
  await kim.session.register({ username: 'kim', password: 'correct horse battery', token: invite });
  const invited = await until(() => kim.session.rooms.get().find((room) => room.roomId === roomId));
  assert.partialDeepStrictEqual(invited, { membership: 'invite', name: 'Tea', isEncrypted: true });
  assert.equal(isAdmin(kim.session.phase.get()), false);
  await rejectsWith('bad-invite-link', kim.session.previewInvite(invite));
  await rejectsWith(
    'bad-invite-link',
    newSession(own, 'lea').session.register({ username: 'lea', password: 'correct horse', token: invite }),
  );
  await rejectsWith(
    'registration-closed',
    newSession(own, 'lea').session.register({ username: 'lea', password: 'correct horse' }),
  );
});

test('an invitation can be declined, and a room left', async (t) => {
  const [mia, ned] = await Promise.all([newPerson(server, 'mia'), newPerson(server, 'ned')]);
  t.after(() => Promise.all([mia.session.stop(), ned.session.stop()]));
  const roomId = await mia.session.createRoom({ name: 'Plans', isEncrypted: true, invite: [ned.userId] });
  const invited = await roomWhere(ned, (room) => room.roomId === roomId);
  assert.partialDeepStrictEqual(invited, { membership: 'invite', inviter: { userId: mia.userId } });
  await ned.session.room(roomId).decline();
  await until(() => ned.session.rooms.get().length === 0, { what: 'the invitation is gone' });
  const handle = mia.session.room(roomId);
  await itemWhere(handle, (item) => item.kind === 'notice' && item.what.kind === 'declined');
  await handle.leave();
  await until(() => mia.session.rooms.get().length === 0, { what: 'the room is gone' });
});

test('wrong credentials, a taken name and a revoked session are told', async (t) => {
  const ole = await newPerson(server, 'ole');
  t.after(() => ole.session.stop());
  await rejectsWith(
    'wrong-credentials',
    newSession(server, 'ole').session.logIn({ username: 'ole', password: 'wrong' }),
  );
  await rejectsWith(
    'user-taken',
    newSession(server, 'ole').session.register({ username: 'ole', password: 'correct horse battery' }),
  );
  const { accessToken } = JSON.parse(ole.storage.get('test-ole:credentials') ?? '{}');
  await server.api('POST', '/v3/logout', { token: accessToken, body: {} });
  await assert.rejects(ole.session.setDisplayName('Ole'));
  await until(() => ole.session.phase.get().kind === 'expired', { what: 'the session has expired' });
});

test('a second device of the same person is not signed, and sends nothing', async (t) => {
  const [pia, quin] = await Promise.all([newPerson(server, 'pia'), newPerson(server, 'quin')]);
  const { roomId, b } = await talk(pia, quin);
  const second = await newDevice(server, 'pia');
  t.after(() => Promise.all([pia, quin, second].map(({ session }) => session.stop())));
  const phase = second.session.phase.get();
  assert.ok(phase.kind === 'ready' && !phase.me.isSignedByOwner);
  const handle = second.session.room(roomId);
  handle.send('from an unsigned device');
  const held = await itemWhere(handle, (item) => item.kind === 'message' && item.delivery === 'failed');
  assert.ok(held.kind === 'message' && held.problem?.kind === 'session-not-confirmed');
  assert.ok(!second.wire.sent.some((request) => request.includes('/send/')));
  b.send('for signed devices');
  const closed = await itemWhere(handle, (item) => item.kind === 'undecryptable');
  assert.ok(
    closed.kind === 'undecryptable' && ['withheld', 'withheld-unverified', 'waiting-for-key'].includes(closed.reason),
    JSON.stringify(closed),
  );
});

function isAdmin(phase: SessionPhase): boolean {
  return phase.kind === 'ready' && phase.me.isAdmin;
}

async function rejectsWith(kind: string, work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => error instanceof ProblemError && error.problem.kind === kind);
}
