import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { encodeRecoveryKey, VerificationPhase as SdkPhase } from 'matrix-js-sdk/lib/crypto-api/index.js';
import {
  itemWhere,
  keySentWith,
  newDevice,
  newPerson,
  password,
  roomWhere,
  stands,
  type TestPerson,
  talk,
} from '../test/people.ts';
import { newPlainPerson, plainLogIn } from '../test/plain-client.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** A new login of this person, once it has keys: it may be told before. */
function comparable({ session }: TestPerson): Promise<{ deviceId: string; fingerprint: string }> {
  return until(() => {
    const [{ deviceId = '', fingerprint = '' } = {}] = session.devices.newLogins.get();
    return fingerprint !== '' && { deviceId, fingerprint };
  });
}

test('a plain client asks Sotto to verify, by emoji', async (t) => {
  const [ada, plain] = await Promise.all([newPerson(server, 'ada'), newPlainPerson(server, 'plainada')]);
  t.after(async () => {
    plain.stop();
    await ada.session.stop();
  });
  const roomId = await ada.session.openDirect(plain.userId);
  await plain.client.joinRoom(roomId);
  await until(() => plain.client.getRoom(roomId)?.getMember(ada.userId)?.membership === 'join');
  await until(() => plain.crypto.userHasCrossSigningKeys(ada.userId, true));
  const request = await plain.crypto.requestVerificationDM(ada.userId, roomId);
  const incoming = await stands(ada, 'incoming');
  assert.equal(incoming.other.userId, plain.userId);
  await ada.session.verifications.accept(incoming.id);
  await until(() => request.phase === SdkPhase.Ready);
  const verifier = await request.startVerification('m.sas.v1');
  void verifier.verify().catch(() => {});
  await stands(ada, 'emoji');
  const sas = await until(() => verifier.getShowSasCallbacks() ?? undefined);
  await Promise.all([sas.confirm(), ada.session.verifications.confirm(incoming.id)]);
  await stands(ada, 'done');
  const person = ada.session.person(plain.userId);
  t.after(() => person.close());
  await until(() => person.get().identity.kind === 'verified');
});

test('Sotto opens the storage and the backup that a plain client made', async (t) => {
  const bob = await newPerson(server, 'bob');
  const cat = await newPerson(server, 'cat');
  const { roomId, a, b } = await talk(bob, cat);
  await until(() => bob.session.recovery.get().kind === 'not-set-up');
  const bytes = Uint8Array.from(randomBytes(32));
  const recoveryKey = encodeRecoveryKey(bytes) ?? '';
  const plain = await plainLogIn(server, { name: 'bob', password }, { recoveryKey });
  const fresh = await comparable(bob);
  await bob.session.devices.verifyByHand(fresh.deviceId, fresh.fingerprint);
  // What another client makes anew: a storage, a backup, and an identity that goes into the storage.
  await plain.crypto.bootstrapSecretStorage({
    setupNewSecretStorage: true,
    setupNewKeyBackup: true,
    createSecretStorageKey: async () => ({ privateKey: bytes, encodedPrivateKey: recoveryKey }),
  });
  await plain.crypto.bootstrapCrossSigning({
    setupNewCrossSigning: true,
    authUploadDeviceSigningKeys: async (request) =>
      void (await request(null).catch((error) =>
        request({
          type: 'm.login.password',
          identifier: { type: 'm.id.user', user: 'bob' },
          password,
          session: error.data.session,
        }),
      )),
  });
  b.send('for the client of before');
  await until(() => plain.client.getRoom(roomId));
  await plain.client.sendMessage(roomId, { msgtype: 'm.text' as never, body: 'written with another client' });
  await until(async () => {
    const counts = await plain.client.http.authedRequest<{ count: number }>('GET' as never, '/room_keys/version');
    return counts.count > 0;
  });
  a.close();
  await bob.session.stop();
  plain.stop();
  const again = await newDevice(server, 'bob');
  t.after(() => Promise.all([cat, again].map(({ session }) => session.stop())));
  await until(() => again.session.recovery.get().kind === 'locked');
  await again.session.recovery.unlock(recoveryKey);
  await until(() => again.session.recovery.get().kind === 'ready');
  const handle = again.session.room(roomId);
  await roomWhere(again, (room) => room.roomId === roomId);
  await itemWhere(handle, (item) => item.kind === 'message' && item.text === 'written with another client');
});

test('the room’s key turns when a session that had it is signed out', async (t) => {
  const [hal, ida] = await Promise.all([newPerson(server, 'hal'), newPerson(server, 'ida')]);
  const phone = await newDevice(server, 'ida');
  t.after(() => Promise.all([hal, ida, phone].map(({ session }) => session.stop())));
  const fresh = await comparable(ida);
  await ida.session.devices.verifyByHand(fresh.deviceId, fresh.fingerprint);
  const { a } = await talk(hal, ida);
  const person = hal.session.person(ida.userId);
  t.after(() => person.close());
  await until(() => person.get().devices.filter(({ isSigned }) => isSigned).length === 2, { what: 'both are known' });
  const keyOf = (text: string) => keySentWith(hal, a, text);
  const first = await keyOf('to both');
  assert.equal(await keyOf('to both again'), first);
  await ida.session.devices.signOut(fresh.deviceId, password);
  await until(() => person.get().devices.length === 1, { what: 'the session is seen to be gone' });
  assert.notEqual(await keyOf('to one'), first);
});
