import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { OlmMachine } from '@matrix-org/matrix-sdk-crypto-wasm';
import { startServer, type TestServer, until } from '@sotto/testing';
import {
  arrived,
  itemWhere,
  newDevice,
  newPerson,
  password,
  roomWhere,
  type TestPerson,
  talk,
} from '../test/people.ts';
import { plainLogIn } from '../test/plain-client.ts';
import { ProblemError, type RecoveryState } from './index.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** Waits until recovery stands so. */
function recoveryIs<K extends RecoveryState['kind']>({ name, session }: TestPerson, kind: K) {
  const look = () => {
    const state = session.recovery.get();
    return state.kind === kind ? (state as Extract<RecoveryState, { kind: K }>) : undefined;
  };
  return until(look, { what: `${name}'s recovery is ${kind}` }).catch((error: unknown) => {
    throw new Error(`it is ${JSON.stringify(session.recovery.get())}`, { cause: error });
  });
}

async function isSigned({ session }: TestPerson): Promise<void> {
  await until(() => {
    const phase = session.phase.get();
    return phase.kind === 'ready' && phase.me.isSignedByOwner;
  });
}

async function problemOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => {
      assert.ok(error instanceof ProblemError, String(error));
      return error.problem.kind;
    },
  );
}

const ownPassword = 'a horse reads seven newspapers';

test('set up, lost device, unlocked on a new one: old messages open', async (t) => {
  const [ada, bob] = await Promise.all([newPerson(server, 'ada'), newPerson(server, 'bob')]);
  const { roomId, a, b } = await talk(ada, bob);
  a.send('before the set-up');
  b.send('an answer');
  await Promise.all([arrived(b, 'before the set-up'), arrived(a, 'an answer')]);
  await recoveryIs(ada, 'not-set-up');
  assert.equal(
    await problemOf(ada.session.recovery.setUp({ withKey: true, withPassword: password })),
    'same-as-account',
  );
  assert.equal(
    await problemOf(ada.session.recovery.setUp({ withKey: true, withPassword: 'password1' })),
    'weak-password',
  );
  const { recoveryKey } = await ada.session.recovery.setUp({ withKey: true, withPassword: ownPassword });
  assert.ok(recoveryKey);
  assert.deepEqual((await recoveryIs(ada, 'unsaved')).ways, { key: true, password: true });
  assert.equal(await problemOf(ada.session.recovery.confirm('wrong')), 'wrong-key');
  await ada.session.recovery.confirm(recoveryKey);
  await recoveryIs(ada, 'ready');
  await ada.session.recovery.saveAll();
  assert.equal((await ada.session.recovery.lossesOfLogOut()).unsavedKeys, 0);
  assert.deepEqual(await ada.session.recovery.check(ownPassword), { opensBackup: true });
  await ada.session.logOut();

  const again = await newDevice(server, 'ada');
  t.after(() => Promise.all([again, bob].map(({ session }) => session.stop())));
  assert.deepEqual((await recoveryIs(again, 'locked')).ways, { key: true, password: true });
  const handle = again.session.room(roomId);
  const sealed = await itemWhere(handle, (item) => item.kind === 'undecryptable');
  assert.ok(
    sealed.kind === 'undecryptable' && sealed.reason === 'locked' && sealed.action === 'unlock',
    JSON.stringify(sealed),
  );
  assert.equal(await problemOf(again.session.recovery.unlock('not this one')), 'wrong-key');
  await recoveryIs(again, 'locked');
  await again.session.recovery.unlock(ownPassword);
  await isSigned(again);
  await recoveryIs(again, 'ready');
  await arrived(handle, 'an answer');
  const old = await arrived(handle, 'before the set-up');
  assert.ok(old.kind === 'message' && old.doubt === 'authenticity', 'a key of the backup proves nothing');
  b.send('and on');
  await arrived(handle, 'and on');
});

test('a plain client restores what Sotto saved', async (t) => {
  const [cleo, dan] = await Promise.all([newPerson(server, 'cleo'), newPerson(server, 'dan')]);
  const { a, b } = await talk(cleo, dan);
  a.send('one');
  await arrived(b, 'one');
  b.send('two');
  await arrived(a, 'two');
  const { recoveryKey = '' } = await cleo.session.recovery.setUp({ withKey: true });
  await cleo.session.recovery.saveAll();
  const plain = await plainLogIn(server, { name: 'cleo', password }, { recoveryKey });
  t.after(async () => {
    plain.stop();
    await Promise.all([cleo, dan].map(({ session }) => session.stop()));
  });
  await plain.crypto.userHasCrossSigningKeys(cleo.userId, true);
  await plain.crypto.bootstrapCrossSigning({});
  await plain.crypto.loadSessionBackupPrivateKeyFromSecretStorage();
  const { imported, total } = await plain.crypto.restoreKeyBackup();
  assert.ok(total >= 2 && imported === total, `${imported} of ${total}`);
  assert.equal(await plain.crypto.isSecretStorageReady(), true);
});

test('changed, the old key opens nothing; reset with the account password makes a new identity', async (t) => {
  const eve = await newPerson(server, 'eve');
  t.after(() => eve.session.stop());
  const { recovery } = eve.session;
  await recoveryIs(eve, 'not-set-up');
  const first = await recovery.setUp({ withKey: true });
  const second = await recovery.change({ withKey: true });
  assert.ok(first.recoveryKey && second.recoveryKey && first.recoveryKey !== second.recoveryKey);
  assert.equal(await problemOf(recovery.check(first.recoveryKey)), 'wrong-key');
  assert.deepEqual(await recovery.check(second.recoveryKey), { opensBackup: true });
  await recovery.confirm(second.recoveryKey);
  await recoveryIs(eve, 'ready');
  assert.equal(await problemOf(recovery.resetIdentity('not the password')), 'wrong-credentials');
  assert.deepEqual(await recovery.check(second.recoveryKey), { opensBackup: true }, 'nothing was deleted');
  await recovery.resetIdentity(password);
  await recoveryIs(eve, 'not-set-up');
  await isSigned(eve);
});

test('a key file goes to a plain client and back', async (t) => {
  const [fay, gus] = await Promise.all([newPerson(server, 'fay'), newPerson(server, 'gus')]);
  const { roomId, a, b } = await talk(fay, gus);
  a.send('kept in a file');
  await arrived(b, 'kept in a file');
  const file = await (await fay.session.recovery.exportKeys('file passphrase')).text();
  const json = OlmMachine.decryptExportedRoomKeys(file, 'file passphrase');
  const again = await newDevice(server, 'fay');
  t.after(() => Promise.all([fay, gus, again].map(({ session }) => session.stop())));
  const { recovery } = again.session;
  assert.equal(await problemOf(recovery.importKeys(file, 'another')), 'wrong-key');
  assert.equal(await problemOf(recovery.importKeys(file.slice(0, -60), 'file passphrase')), 'key-file');
  assert.equal(await problemOf(recovery.importKeys('no keys at all', 'file passphrase')), 'key-file');
  const handle = again.session.room(roomId);
  await itemWhere(handle, (item) => item.kind === 'undecryptable');
  const fromPlain = OlmMachine.encryptExportedRoomKeys(json, 'theirs', 1000);
  assert.deepEqual(await recovery.importKeys(fromPlain, 'theirs'), { imported: JSON.parse(json).length, failed: 0 });
  await arrived(handle, 'kept in a file');
});

test('a set-up that is cut at each of its writes counts as none, and the next one is whole', async (t) => {
  const hal = await newPerson(server, 'hal');
  t.after(() => hal.session.stop());
  await recoveryIs(hal, 'not-set-up');
  for (const cut of ['m.secret_storage.key', 'm.cross_signing.self', 'm.megolm', 'org.sotto', 'default_key']) {
    hal.wire.refuse = (path) => path.includes('account_data') && path.includes(cut);
    assert.equal(await problemOf(hal.session.recovery.setUp({ withKey: true })), 'forbidden', cut);
    assert.equal(hal.session.recovery.get().kind, 'not-set-up', cut);
  }
  delete hal.wire.refuse;
  const { recoveryKey = '' } = await hal.session.recovery.setUp({ withKey: true });
  assert.deepEqual(await hal.session.recovery.check(recoveryKey), { opensBackup: true });
});

test('a backup that the server deleted is made again with the same key', async (t) => {
  const [ida, jon] = await Promise.all([newPerson(server, 'ida'), newPerson(server, 'jon')]);
  t.after(() => Promise.all([ida, jon].map(({ session }) => session.stop())));
  const { a, b } = await talk(ida, jon);
  a.send('saved');
  await arrived(b, 'saved');
  const { recoveryKey = '' } = await ida.session.recovery.setUp({ withKey: true });
  await ida.session.recovery.saveAll();
  const { version } = await ask(ida, 'GET /room_keys/version');
  await ask(ida, `DELETE /room_keys/version/${version}`);
  a.send('noticed by the next key');
  await ida.session.room(a.roomId).resetRoomKey();
  a.send('under a new key');
  await arrived(b, 'under a new key');
  const backup = await until(() => {
    const state = ida.session.recovery.get();
    return 'backup' in state && state.backup.kind === 'alarm' && state.backup;
  });
  assert.deepEqual(backup, { kind: 'alarm', what: 'deleted' });
  await ida.session.recovery.saveAll();
  assert.notEqual((await ask(ida, 'GET /room_keys/version')).version, version);
  assert.deepEqual(await ida.session.recovery.check(recoveryKey), { opensBackup: true });
});

test('a backup whose key this session has not is kept beside the new one', async (t) => {
  const ole = await newPerson(server, 'ole');
  t.after(() => ole.session.stop());
  await recoveryIs(ole, 'not-set-up');
  const authData = { public_key: 'hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo' };
  const algorithm = 'm.megolm_backup.v1.curve25519-aes-sha2';
  const { version } = await ask(ole, 'POST /room_keys/version', { algorithm, auth_data: authData });
  const key = { first_message_index: 0, forwarded_count: 0, is_verified: true, session_data: { ciphertext: 'sealed' } };
  await ask(ole, `PUT /room_keys/keys/!room:x/session?version=${version}`, key);
  const { recoveryKey = '' } = await ole.session.recovery.setUp({ withKey: true });
  assert.deepEqual(await ole.session.recovery.check(recoveryKey), { opensBackup: true });
  assert.notEqual((await ask(ole, 'GET /room_keys/version')).version, version);
  assert.equal((await ask(ole, `GET /room_keys/version/${version}`)).count, 1);
  assert.deepEqual(await ask(ole, `GET /room_keys/keys/!room:x/session?version=${version}`), key);
});

test('what was written while nobody was logged in opens after the next unlock', async (t) => {
  const [kim, leo] = await Promise.all([newPerson(server, 'kim'), newPerson(server, 'leo')]);
  const { roomId, b } = await talk(kim, leo);
  await recoveryIs(kim, 'not-set-up');
  const { recoveryKey = '' } = await kim.session.recovery.setUp({ withKey: true });
  const { length } = await until(() => kim.session.devices.get());
  assert.equal(length, 1, 'the sleeping device is no session');
  await kim.session.logOut();
  b.send('while you were away');
  await arrived(b, 'while you were away');
  const again = await newDevice(server, 'kim');
  t.after(() => Promise.all([leo, again].map(({ session }) => session.stop())));
  const handle = again.session.room(roomId);
  await itemWhere(handle, (item) => item.kind === 'undecryptable');
  await recoveryIs(again, 'locked');
  await again.session.recovery.unlock(recoveryKey);
  await arrived(handle, 'while you were away');
});

test('the history is shared with a newcomer, who sees by whom', async (t) => {
  const [mia, ned] = await Promise.all([newPerson(server, 'mia'), newPerson(server, 'ned')]);
  t.after(() => Promise.all([mia, ned].map(({ session }) => session.stop())));
  const roomId = await mia.session.createRoom({ name: 'night shift', isEncrypted: true });
  const a = mia.session.room(roomId);
  a.send('before you came');
  await arrived(a, 'before you came');
  await a.invite(ned.userId);
  await roomWhere(ned, (room) => room.roomId === roomId);
  const b = ned.session.room(roomId);
  await b.accept();
  const shared = await arrived(b, 'before you came');
  assert.ok(shared.kind === 'message' && shared.sharedBy?.userId === mia.userId, JSON.stringify(shared));
  assert.equal(shared.doubt, undefined, 'the line says by whom, and no alarm stands beside it');
});

async function ask({ storage, name }: TestPerson, request: string, body?: object) {
  const [method = '', path = ''] = request.split(' ');
  const { accessToken } = JSON.parse(storage.get(`test-${name}:credentials`) ?? '');
  return (await server.api(method, `/v3${path}`, { token: accessToken, ...(body && { body }) })).body;
}
