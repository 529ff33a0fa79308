import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { indexedDB } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import {
  arrived,
  deleteDatabases,
  itemWhere,
  newPerson,
  newSession,
  password,
  talk,
  type Wire,
} from '../test/people.ts';
import { memoryStorage } from './platform.ts';
import type { Me, SottoSession } from './types.ts';

const { locks } = navigator as unknown as { locks: LockManager };

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

function kindOf(session: SottoSession): string {
  return session.phase.get().kind;
}

function meOf(session: SottoSession): Me {
  const phase = session.phase.get();
  assert.ok(phase.kind === 'ready', phase.kind);
  return phase.me;
}

test('a second tab says that another has the session, and takes it over', async (t) => {
  const storage = memoryStorage();
  const options = { storage, indexedDB, locks };
  const [first, friend] = await Promise.all([newPerson(server, 'tabea', options), newPerson(server, 'ugo')]);
  const second = newSession(server, 'tabea', options);
  t.after(() => Promise.all([first, second, friend].map(({ session }) => session.stop())));
  const { roomId, a, b } = await talk(first, friend);
  a.send('from the first tab');
  await arrived(b, 'from the first tab');

  await second.session.restore();
  assert.equal(kindOf(second.session), 'elsewhere');
  await second.session.takeOver();
  assert.equal(kindOf(second.session), 'ready');
  // Taken by force, which is after a while, the first one hears of it a moment later.
  await until(() => kindOf(first.session) === 'elsewhere', { what: 'the first tab has let go' });
  const handle = second.session.room(roomId);
  await arrived(handle, 'from the first tab');
  handle.send('from the second tab');
  await arrived(b, 'from the second tab');

  await first.session.takeOver();
  assert.equal(kindOf(first.session), 'ready');
  await until(() => kindOf(second.session) === 'elsewhere', { what: 'the second tab has let go' });
  await first.session.logOut();
  await second.session.takeOver();
  assert.equal(kindOf(second.session), 'signed-out');
});

/** A request of this kind that the server is slow to answer: when it was made, and a way to let the answer come. */
function slow({ wire }: { wire: Wire }, ending: string) {
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  wire.hold = (path) => {
    if (!path.endsWith(ending)) return undefined;
    delete wire.hold;
    asked.resolve();
    return answer.promise;
  };
  return { asked: asked.promise, answer: answer.resolve };
}

for (const isTakenBack of [false, true]) {
  const then = isTakenBack ? ', also where the first has the store again' : '';
  test(`a login that another tab overtook takes nothing from that tab’s, and ends${then}`, async (t) => {
    const name = isTakenBack ? 'olga' : 'omar';
    const who = { username: name, password };
    await (await newPerson(server, name)).session.stop();
    const options = { storage: memoryStorage(), indexedDB, locks };
    const [first, second] = [newSession(server, name, options), newSession(server, name, options)];
    t.after(() => Promise.all([first, second].map(({ session }) => session.stop())));
    const { asked, answer } = slow(first, '/v3/login');
    const late = first.session.logIn(who);
    await asked;
    await second.session.takeOver();
    assert.deepEqual([kindOf(first.session), kindOf(second.session)], ['elsewhere', 'signed-out']);
    await second.session.logIn(who);
    const { deviceId } = meOf(second.session);
    if (isTakenBack) await first.session.takeOver();
    const [here, there] = isTakenBack ? [first, second] : [second, first];
    const kept = options.storage.get(`test-${name}:credentials`);
    answer();
    await late;
    assert.deepEqual([kindOf(here.session), kindOf(there.session)], ['ready', 'elsewhere']);
    assert.equal(options.storage.get(`test-${name}:credentials`), kept);
    assert.equal(meOf(here.session).deviceId, deviceId);
    await here.session.createRoom({ name: 'still logged in', isEncrypted: true });
    await here.session.devices.refresh();
    assert.equal(here.session.devices.get()?.length, 2, 'the first device and that of the tab that was faster');
  });
}

test('a registration that another tab overtook keeps the account and the invitation', async (t) => {
  const xara = await newPerson(server, 'xara');
  const roomId = await xara.session.createRoom({ name: 'come in', isEncrypted: true });
  const room = xara.session.room(roomId);
  const link = await room.createInviteLink();
  const invite = link.split('/').at(-1) ?? '';
  const options = { storage: memoryStorage(), locks };
  const [first, second] = [newSession(server, 'yann', options), newSession(server, 'yann', options)];
  t.after(() => Promise.all([xara, first, second].map(({ session }) => session.stop())));
  const { asked, answer } = slow(first, '/v3/register');
  const late = first.session.register({ username: 'yann', password, token: invite });
  await asked;
  await second.session.takeOver();
  answer();
  await late;
  assert.equal(kindOf(first.session), 'elsewhere');
  assert.equal(options.storage.get('test-yann:credentials'), undefined);
  await second.session.logIn({ username: 'yann', password });
  await until(() => second.session.rooms.get().some((each) => each.roomId === roomId && each.membership === 'invite'));
});

test('a login that this device can’t keep ends on the server too', async (t) => {
  const nina = await newPerson(server, 'nina');
  const storage = memoryStorage();
  const set = () => {
    throw new Error('full');
  };
  const { session } = newSession(server, 'nina', { storage: { ...storage, set } });
  t.after(() => Promise.all([nina.session.stop(), session.stop()]));
  await assert.rejects(session.logIn({ username: 'nina', password }), { message: 'storage' });
  assert.equal(kindOf(session), 'signed-out');
  await nina.session.devices.refresh();
  assert.equal(nina.session.devices.get()?.length, 1);
});

test('a log-out that the server is slow to answer leaves a later login of another tab alone', async (t) => {
  const options = { storage: memoryStorage(), locks };
  const first = await newPerson(server, 'zoe', options);
  const second = newSession(server, 'zoe', options);
  t.after(() => second.session.stop());
  const answer = Promise.withResolvers<void>();
  first.wire.hold = (path) => (path.endsWith('/logout') ? answer.promise : undefined);
  const leaving = first.session.logOut();
  await second.session.takeOver();
  assert.equal(kindOf(second.session), 'signed-out');
  await second.session.logIn({ username: 'zoe', password: 'correct horse battery' });
  const kept = options.storage.get('test-zoe:credentials') ?? assert.fail('nobody is logged in');
  answer.resolve();
  await leaving;
  assert.equal(options.storage.get('test-zoe:credentials'), kept);
  await second.session.stop();
  await second.session.restore();
  assert.equal(kindOf(second.session), 'ready');
});

test('an identity that could not be published is published at the next start', async (t) => {
  const wire = { sent: [] as string[], refuse: (path: string) => path.endsWith('/keys/device_signing/upload') };
  const vera = await newPerson(server, 'vera', { indexedDB, wire });
  assert.equal(meOf(vera.session).isSignedByOwner, false);
  wire.refuse = () => false;
  const again = await vera.reload();
  t.after(() => again.session.stop());
  await until(() => meOf(again.session).isSignedByOwner, { what: 'the device is signed' });
});

test('an identity that was published is not made anew, whatever the server says', async (t) => {
  const walt = await newPerson(server, 'walt', { indexedDB });
  const uploads = () => walt.wire.sent.filter((request) => request.includes('/keys/device_signing/upload')).length;
  await until(() => uploads() === 1, { what: 'the identity is published' });
  walt.wire.bend = (path, body) => {
    if (!path.endsWith('/keys/query')) return;
    delete body.master_keys;
    delete body.self_signing_keys;
    delete body.user_signing_keys;
  };
  const again = await walt.reload();
  t.after(() => again.session.stop());
  await until(() => again.wire.sent.filter((request) => request.includes('/sync')).length > 2, { what: 'it syncs' });
  assert.equal(uploads(), 1);
});

/** Opens the databases with such names, and closes them for nobody. */
async function openForGood(isMeant: (name: string) => boolean): Promise<{ databases: IDBDatabase[] }> {
  const names = (await indexedDB.databases()).flatMap(({ name }) => (name && isMeant(name) ? [name] : []));
  const open = (name: string) =>
    new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  return { databases: await Promise.all(names.map(open)) };
}

test('keys that the browser has evicted end the session, on the server too', async () => {
  const xena = await newPerson(server, 'xena', { indexedDB });
  const { accessToken } = JSON.parse(xena.storage.get('test-xena:credentials') ?? '{}');
  await xena.session.stop();
  await deleteDatabases((name) => name.startsWith('test-xena-crypto'));
  const again = newSession(server, 'xena', { indexedDB, storage: xena.storage });
  await again.session.restore();
  assert.deepEqual(again.session.phase.get(), { kind: 'expired', isEvicted: true });
  assert.deepEqual(xena.storage.keys(), []);
  const whoami = await server.api('GET', '/v3/account/whoami', { token: accessToken });
  assert.equal(whoami.status, 401);
  await again.session.logIn({ username: 'xena', password: 'correct horse battery' });
  assert.equal(kindOf(again.session), 'ready');
  await again.session.logOut();
});

test('keys that are deleted while they are in use end the session, and what was here alone is named', async (t) => {
  const [yara, zara] = await Promise.all([newPerson(server, 'yara', { indexedDB }), newPerson(server, 'zara')]);
  t.after(() => Promise.all([yara, zara].map(({ session }) => session.stop())));
  const { recovery } = yara.session;
  await until(() => recovery.get().kind === 'not-set-up');
  await recovery.setUp({ withKey: true });
  const { roomId } = await talk(yara, zara);
  await recovery.saveAll();
  const room = yara.session.room(roomId);
  yara.wire.fail = (request) => (/\/send\/|room_keys/.test(request) ? 'refused' : undefined);
  room.send('never sent');
  await itemWhere(room, (item) => item.kind === 'message' && item.delivery === 'failed');
  const { accessToken } = JSON.parse(yara.storage.get('test-yara:credentials') ?? '{}');
  const deleted = deleteDatabases((name) => name.startsWith('test-yara-crypto'));
  await until(() => kindOf(yara.session) === 'expired');
  const lost = { unsavedKeys: 1, unsentMessages: 1 };
  assert.deepEqual(yara.session.phase.get(), { kind: 'expired', isEvicted: true, lost });
  assert.equal((await server.api('GET', '/v3/account/whoami', { token: accessToken })).status, 401);
  await yara.session.logIn({ username: 'yara', password: 'correct horse battery' });
  assert.equal(kindOf(yara.session), 'ready');
  await deleted;
});

test('keys that are deleted while another page has them open for good end the session all the same', async (t) => {
  const vito = await newPerson(server, 'vito', { indexedDB });
  t.after(() => vito.session.stop());
  const { databases } = await openForGood((name) => name.startsWith('test-vito-crypto'));
  const deleted = deleteDatabases((name) => name.startsWith('test-vito-crypto'));
  await until(() => kindOf(vito.session) === 'expired', { what: 'the session ends' });
  for (const database of databases) database.close();
  await deleted;
});

test('a session whose keys were evicted leaves a later login of another tab alone', async (t) => {
  const storage = memoryStorage();
  const options = { storage, indexedDB, locks };
  const early = await newPerson(server, 'anke', options);
  await early.session.stop();
  await deleteDatabases((name) => name.startsWith('test-anke-crypto'));
  const credentials = storage.get('test-anke:credentials') ?? '';
  const answer = Promise.withResolvers<void>();
  const first = newSession(server, 'anke', options);
  first.wire.hold = (path) => (path.endsWith('/logout') ? answer.promise : undefined);
  const ending = first.session.restore();
  await until(() => first.wire.sent.some((request) => request.includes('/logout')), {
    what: 'the device is logged out',
  });
  const second = newSession(server, 'anke', options);
  t.after(() => second.session.stop());
  await second.session.takeOver();
  assert.deepEqual(second.session.phase.get(), { kind: 'expired', isEvicted: true });
  await second.session.logIn({ username: 'anke', password: 'correct horse battery' });
  const kept = storage.get('test-anke:credentials');
  assert.notEqual(kept, credentials);
  answer.resolve();
  await ending;
  assert.equal(storage.get('test-anke:credentials'), kept);
});

test('verbs without a session say so, and logging in twice is refused', async (t) => {
  const wanda = newSession(server, 'wanda');
  t.after(() => wanda.session.stop());
  await assert.rejects(wanda.session.searchPeople('x'), /forbidden/);
  await assert.rejects(wanda.session.acceptInviteLink('x'), /forbidden/);
  await wanda.session.register({ username: 'wanda', password: 'correct horse battery' });
  await assert.rejects(wanda.session.logIn({ username: 'wanda', password: 'correct horse battery' }), /forbidden/);
  assert.equal(kindOf(wanda.session), 'ready');
});
