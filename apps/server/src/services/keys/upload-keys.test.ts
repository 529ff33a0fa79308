import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryBus } from '@sotto/bus';
import { temporaryDatabase } from '@sotto/testing';
import { openLogWriter } from '../../log/writer.ts';
import { putDevice } from '../../store/devices.ts';
import { migrations } from '../../store/migrations/index.ts';
import { insertUser } from '../../store/users.ts';
import { createKeys } from './index.ts';

test('keys of a device that ended while they were on their way are not kept', async (t) => {
  const database = await temporaryDatabase(t, migrations);
  const log = await openLogWriter({ database, bus: createMemoryBus() });
  t.after(() => log.close());
  const keys = createKeys({ db: database.durable, log, serverName: 'example.org' });
  const device = { userId: '@mira:example.org', deviceId: 'PHONE' };
  const deviceKeys = { user_id: device.userId, device_id: device.deviceId, algorithms: [], keys: {}, signatures: {} };
  await log.write((unit) =>
    insertUser(unit, { userId: device.userId, kind: 'user', passwordHash: null, isAdmin: 0, createdAtMs: 0 }),
  );
  const upload = { deviceKeys, oneTimeKeys: { 'curve25519:A': 'a key' } };
  const shown = async () => {
    const { device_keys } = await keys.query('@jon:example.org', { [device.userId]: [] });
    return Object.keys(device_keys[device.userId] ?? {});
  };
  await assert.rejects(keys.upload(device, upload), { errcode: 'M_UNKNOWN_TOKEN' });
  assert.deepEqual(await shown(), []);
  await log.write((unit) => putDevice(unit, { ...device, displayName: null, loggedInAtMs: 0, lastSeenAtMs: 0 }));
  assert.deepEqual(await keys.upload(device, upload), { signed_curve25519: 0, curve25519: 1 });
  assert.deepEqual(await shown(), ['PHONE']);
});
