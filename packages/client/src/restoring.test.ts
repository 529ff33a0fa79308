import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import test from 'node:test';
import { OlmMachine } from '@matrix-org/matrix-sdk-crypto-wasm';
import { startServer, until } from '@sotto/testing';
import { newDevice, newPerson } from '../test/people.ts';

const unpadded = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

/** Keys of rooms as a key file has them (client-server API, "Key exports"): well-formed, of messages that nobody wrote. */
function madeUpKeys(count: number, rooms: number): object[] {
  return Array.from({ length: count }, (_, at) => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const signing = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
    const sessionKey = Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), randomBytes(128), signing]);
    return {
      algorithm: 'm.megolm.v1.aes-sha2',
      forwarding_curve25519_key_chain: [],
      room_id: `!room${at % rooms}:localhost`,
      sender_key: unpadded(randomBytes(32)),
      sender_claimed_keys: { ed25519: unpadded(signing) },
      session_id: unpadded(signing),
      session_key: unpadded(sessionKey),
    };
  });
}

const count = 1_250;

test('a backup is fetched in parts: with progress, stopped, and gone on with', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const ada = await newPerson(server, 'ada');
  t.after(() => ada.session.stop());
  await until(() => ada.session.recovery.get().kind === 'not-set-up');
  const file = OlmMachine.encryptExportedRoomKeys(JSON.stringify(madeUpKeys(count, 40)), 'file', 1_000);
  assert.deepEqual(await ada.session.recovery.importKeys(file, 'file'), { imported: count });
  const { recoveryKey = '' } = await ada.session.recovery.setUp({ withKey: true });
  await ada.session.recovery.saveAll();
  const phone = await newDevice(server, 'ada');
  t.after(() => phone.session.stop());
  const { recovery } = phone.session;
  await until(() => recovery.get().kind === 'locked');
  await recovery.unlock(recoveryKey);
  assert.deepEqual(await recovery.countKeys(), { inBackup: count, here: 0 });

  const abort = new AbortController();
  const seen: number[] = [];
  const stopped = recovery.restoreAll({
    onProgress: ({ done, total }) => {
      seen.push(done);
      assert.equal(total, count);
      if (done >= 600) abort.abort();
    },
    signal: abort.signal,
  });
  await assert.rejects(stopped, { message: 'cancelled' });
  const { here } = await recovery.countKeys();
  assert.ok(here >= 600 && here < count, `${here} keys stay`);
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  );
  const pages = () => phone.wire.sent.filter((request) => request.includes('/room_keys/keys?')).length;
  const before = pages();
  const first: number[] = [];
  const result = await recovery.restoreAll({ onProgress: ({ done }) => void first.push(done) });
  assert.equal(first[0], 500, 'it goes on after the last whole part');
  assert.deepEqual(result, { imported: count, failed: 0 });
  assert.ok(pages() - before <= Math.ceil(count / 500) - 1, 'what was fetched is not fetched again');
  assert.deepEqual(await recovery.countKeys(), { inBackup: count, here: count });
});
