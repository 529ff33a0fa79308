/** A reset of the identity while requests hang: it ends, and says so, and can be begun anew. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startServer, until } from '@sotto/testing';
import { newPerson, password } from '../test/people.ts';
import { hurry } from '../test/timers.ts';

hurry(new Set([5000, 20_000]));
hurry(new Set([60_000]), 60);

test('whichever request of a reset hangs, it ends, and the next one makes a new identity', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const { session, wire } = await newPerson(server, 'ada');
  t.after(() => session.stop());
  const { recovery } = session;
  await until(() => recovery.get().kind === 'not-set-up');
  await recovery.setUp({ withKey: true });
  // A slow machine may need longer than the hurried limit although nothing hangs: then it is tried again.
  let isReset = false;
  for (let at = 1; !isReset; at++) {
    assert.ok(at < 100, 'no attempt was in time');
    const { promise, resolve: go } = Promise.withResolvers<void>();
    let count = 0;
    wire.stall = (path) => {
      if (!path.endsWith('/sync')) count++;
      return count < at ? undefined : promise;
    };
    const [result] = await Promise.allSettled([recovery.resetIdentity(password)]);
    delete wire.stall;
    go();
    if (result.status === 'rejected') assert.equal(result.reason.problem?.kind, 'network', `${at}: ${result.reason}`);
    isReset = count < at && result.status === 'fulfilled';
  }
  await until(() => recovery.get().kind === 'not-set-up');
  const { recoveryKey = '' } = await recovery.setUp({ withKey: true });
  await recovery.confirm(recoveryKey);
  assert.deepEqual(await recovery.check(recoveryKey), { opensBackup: true });
  await until(() => recovery.get().kind === 'ready');
});
