/** A new recovery key that is asked for again while an attempt that was given up still waits for the server. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { newPerson } from '../test/people.ts';
import { ended } from '../test/stalled.ts';
import { holdTimers } from '../test/timers.ts';
import { askingMs } from './engine/recovery/recovery-verbs.ts';

const patience = holdTimers(askingMs);

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** That it failed for the network, once the time is up. */
async function givenUp(work: Promise<unknown>): Promise<void> {
  const result = await ended(work, { patience, isHanging: () => true, what: 'it is given up' });
  assert.equal(result.status === 'rejected' && result.reason.message, 'network');
}

test('no second backup is made beside one that hangs, and the key that is shown opens the one there is', async (t) => {
  const { session, wire } = await newPerson(server, 'ada');
  t.after(() => session.stop());
  const { recovery } = session;
  await until(() => recovery.get().kind === 'not-set-up');
  const makings = () => wire.sent.filter((request) => /^POST .*\/room_keys\/version /.test(request)).length;
  const { promise, resolve: go } = Promise.withResolvers<void>();
  wire.stall = (path) => (path.endsWith('/room_keys/version') && makings() === 1 ? promise : undefined);
  const first = recovery.setUp({ withKey: true });
  first.catch(() => {});
  await until(() => makings() === 1, { what: 'a backup is being made' });
  await givenUp(first);
  await givenUp(recovery.setUp({ withKey: true }));
  go();
  const { recoveryKey = '' } = await recovery.setUp({ withKey: true });
  await recovery.confirm(recoveryKey);
  assert.equal(makings(), 1);
  assert.deepEqual(await recovery.check(recoveryKey), { opensBackup: true });
});
