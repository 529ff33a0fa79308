/** A reset of the identity, and an unlock, while requests hang: each ends, says so, and can be begun anew. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startServer, until } from '@sotto/testing';
import { newDevice, newPerson, password } from '../test/people.ts';
import { stalled } from '../test/stalled.ts';
import { holdTimers } from '../test/timers.ts';

const patience = holdTimers(5000, 20_000, 60_000);

test('whichever request of a reset hangs, it ends, and the next one makes a new identity', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const ada = await newPerson(server, 'ada');
  t.after(() => ada.session.stop());
  const { recovery } = ada.session;
  await until(() => recovery.get().kind === 'not-set-up');
  await recovery.setUp({ withKey: true });
  let isReset = false;
  for (let at = 1; !isReset; at++) {
    const hang = { way: 'stall', at, patience } as const;
    const { result, isWhole } = await stalled(ada, hang, () => recovery.resetIdentity(password));
    if (result.status === 'rejected') assert.equal(result.reason.problem?.kind, 'network', `${at}: ${result.reason}`);
    if (isWhole) assert.equal(result.status, 'fulfilled', 'nothing hung');
    isReset = isWhole;
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
  const isStep = (path: string) => path.endsWith('/keys/signatures/upload');
  const hang = { way: 'stall', at: 1, isStep, patience } as const;
  const { result } = await stalled(phone, hang, () => recovery.unlock(recoveryKey));
  assert.equal(result.status === 'rejected' && result.reason.message, 'network');
  await recovery.unlock(recoveryKey);
  await until(() => recovery.get().kind !== 'locked');
});
