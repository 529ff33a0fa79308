import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock, temporaryDatabase } from '@sotto/testing';
import type { Unit } from '../../log/writer.ts';
import { listDevices } from '../../store/devices.ts';
import { migrations } from '../../store/migrations/index.ts';
import { markDeactivated, setPasswordHash, setUserFlag } from '../../store/users.ts';
import { openAccounts } from './accounts-fixture.ts';

const changes: Record<string, (unit: Unit, userId: string) => Promise<void>> = {
  M_FORBIDDEN: (unit, userId) => setPasswordHash(unit, userId, 'of another password'),
  M_USER_LOCKED: (unit, userId) => setUserFlag(unit, userId, { flag: 'is_locked', isSet: true }),
  M_USER_DEACTIVATED: (unit, userId) => markDeactivated(unit, userId, false),
};

test('nobody is let in whose account changed while the password was looked at', async (t) => {
  const { accounts, log, register } = await openAccounts(t, {
    openDatabase: (owner) => temporaryDatabase(owner, migrations),
    now: createFakeClock().now,
  });
  for (const [errcode, change] of Object.entries(changes)) {
    const name = errcode.toLowerCase();
    const userId = await register(name);
    const given = { who: { user: name }, password: `password of ${name}`, from: 'here' };
    assert.equal((await accounts.logins.logInByPassword(given, { deviceId: 'BEFORE' })).userId, userId);
    const login = accounts.logins.logInByPassword(given, { deviceId: 'MEANWHILE' });
    // The account is read by now, and its password looked at beside the event loop: this comes between.
    const changed = log.write((unit) => change(unit, userId));
    await assert.rejects(login, { errcode });
    await changed;
    const devices = await log.write((unit) => listDevices(unit, userId));
    assert.deepEqual(
      devices.map(({ deviceId }) => deviceId),
      ['BEFORE'],
    );
  }
});
