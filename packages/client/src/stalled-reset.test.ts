/** A reset of the identity, and an unlock, while requests hang: each ends, says so, and can be begun anew. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startServer, until } from '@sotto/testing';
import { newDevice, newPerson, password } from '../test/people.ts';
import { stalled } from '../test/stalled.ts';
import { hurry } from '../test/timers.ts';

hurry(new Set([5000, 20_000]));
hurry(new Set([60_000]), 60);

test('whichever request of a reset hangs, it ends, and the next one makes a new identity', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const ada = await newPerson(server, 'ada');
  t.after(() => ada.session.stop());
  const { recovery } = ada.session;
  await until(() => recovery.get().kind === 'not-set-up');
  await recovery.setUp({ withKey: true });
  // A slow machine may need longer than the hurried limit although nothing hangs: then it is tried again.
  let isReset = false;
  for (let at = 1; !isReset; at++) {
    assert.ok(at < 100, 'no attempt was in time');
    const { result, isWhole } = await stalled(ada, { way: 'stall', at }, () => recovery.resetIdentity(password));
    if (result.status === 'rejected') assert.equal(result.reason.problem?.kind, 'network', `${at}: ${result.reason}`);
    isReset = isWhole && result.status === 'fulfilled';
  }
  await until(() => recovery.get().kind === 'not-set-up');
  const { recoveryKey = '' } = await recovery.setUp({ withKey: true });
  await recovery.confirm(recoveryKey);
  assert.deepEqual(await recovery.check(recoveryKey), { opensBackup: true });
  await until(() => recovery.get().kind === 'ready');
});

test('an unlock whose request hangs says that the network is to blame, and not the keys', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const desk = await newPerson(server, 'ben');
  t.after(() => desk.session.stop());
  await until(() => desk.session.recovery.get().kind === 'not-set-up');
  const { recoveryKey = '' } = await desk.session.recovery.setUp({ withKey: true });
  const phone = await newDevice(server, 'ben');
  t.after(() => phone.session.stop());
  const { recovery } = phone.session;
  await until(() => recovery.get().kind === 'locked');
  const { promise, resolve: go } = Promise.withResolvers<void>();
  phone.wire.stall = (path) => (path.endsWith('/keys/signatures/upload') ? promise : undefined);
  await assert.rejects(recovery.unlock(recoveryKey), { message: 'network' });
  delete phone.wire.stall;
  go();
  await recovery.unlock(recoveryKey);
  await until(() => recovery.get().kind !== 'locked');
});
