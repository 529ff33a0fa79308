import assert from 'node:assert/strict';
import test from 'node:test';
import { OlmMachine } from '@matrix-org/matrix-sdk-crypto-wasm';
import { startServer, until } from '@sotto/testing';
import { madeUpKeys } from '../test/made-up-keys.ts';
import { newDevice, newPerson } from '../test/people.ts';

const count = 1_250;

test('a backup is fetched in parts: with progress, stopped, and gone on with', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const ada = await newPerson(server, 'ada');
  t.after(() => ada.session.stop());
  await until(() => ada.session.recovery.get().kind === 'not-set-up');
  const file = OlmMachine.encryptExportedRoomKeys(JSON.stringify(madeUpKeys(count, 40)), 'file', 1_000);
  assert.deepEqual(await ada.session.recovery.importKeys(file, 'file'), { imported: count, failed: 0 });
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
