import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import { BackupDecryptionKey, DeviceId, initAsync, OlmMachine, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import { sealedFor } from '../../../test/made-up-backup.ts';
import { madeUpKeys } from '../../../test/made-up-keys.ts';
import { sealKeyFile } from './key-file-format.ts';
import { createKeyWork } from './key-work.ts';

before(() => initAsync());

async function newWork() {
  const olm = await OlmMachine.initialize(new UserId('@ada:localhost'), new DeviceId('ADA'));
  const arrived: string[] = [];
  const onArrived = (keys: readonly { sessionId: string }[]) =>
    void arrived.push(...keys.map(({ sessionId }) => sessionId));
  const here = async () => (await olm.roomKeyCounts()).total;
  return { work: createKeyWork(olm, { chunkSize: 50, onArrived }), arrived, here };
}

test('what is damaged in a key file costs no other key, and is counted', async () => {
  const keys = madeUpKeys(60, 3);
  const [first, second] = madeUpKeys(2, 1);
  const damaged = [null, { ...first, session_key: 'damaged' }, { ...second, room_id: 'garbage' }];
  const json = JSON.stringify([...keys.slice(0, 10), ...damaged, ...keys.slice(10)]);
  const random = crypto.getRandomValues(new Uint8Array(32));
  const file = new Blob([await sealKeyFile(json, { passphrase: 'file', rounds: 1_000, random })]);
  const { work, arrived, here } = await newWork();
  const told: number[] = [];
  const watch = { onProgress: ({ done }: { done: number }) => void told.push(done) };
  assert.deepEqual(await work.importFile({ file, passphrase: 'file' }, watch), { imported: 60, failed: 3 });
  assert.equal(await here(), 60);
  assert.deepEqual(
    arrived,
    keys.map(({ session_id }) => session_id),
  );
  assert.deepEqual(told, [0, 50, 63]);
});

test('a room id that is none, and a damaged key, cost nothing else in a part of a backup', async () => {
  const opener = BackupDecryptionKey.createRandomKey();
  const publicKey = opener.megolmV1PublicKey.publicKeyBase64;
  const key = Uint8Array.from(Buffer.from(opener.toBase64(), 'base64'));
  const [odd, damaged, ...keys] = madeUpKeys(22, 1);
  const sessionsOf = (some: object[]) => ({
    sessions: Object.fromEntries(
      some.map((one) => {
        const { session_id, room_id: _, ...rest } = one as { session_id: string; room_id: string };
        return [session_id, sealedFor(rest, publicKey)];
      }),
    ),
  });
  const rooms = {
    garbage: sessionsOf([odd as object]),
    '!room:localhost': sessionsOf([...keys, { ...damaged, session_key: 'damaged' }]),
  };
  const { work, arrived, here } = await newWork();
  const part = new Blob([JSON.stringify({ rooms })]);
  assert.deepEqual(await work.takePart({ part, key, version: '1' }, {}), { imported: 20, failed: 2 });
  assert.equal(await here(), 20);
  assert.deepEqual(
    arrived,
    keys.map(({ session_id }) => session_id),
  );
});
