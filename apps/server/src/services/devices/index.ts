/**
 * Devices: the logins of a person, their names, and how they end (specification, "Device Management"). Imports `store/`,
 * `log/`, how keys are announced (`keys/`) and what names may be (`accounts/`); what goes with a device is given to it.
 */
import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import { getDeviceKeys } from '../../store/device-keys.ts';
import { type Device, type DeviceRef, getDevice, listDevices, putDevice, renameDevice } from '../../store/devices.ts';
import { checkDeviceName } from '../accounts/device-name.ts';
import { announceKeys } from '../keys/announce-keys.ts';
import type { WithDevice } from './forget-device.ts';

export { createForgetDevice, type WithDevice } from './forget-device.ts';
export { createForgetPerson } from './forget-person.ts';

export interface Devices {
  list(userId: string): Promise<Device[]>;
  /** @throws MatrixError M_NOT_FOUND */
  get(device: DeviceRef): Promise<Device>;
  /** @throws MatrixError M_NOT_FOUND, M_INVALID_PARAM */
  rename(device: DeviceRef, displayName: string): Promise<void>;
  /** Adds a device without a login, for an application service, or renames it; whether it is new. */
  create(device: DeviceRef, displayName: string | undefined): Promise<boolean>;
  /** Ends these logins and takes away all that belongs to them. Those that are gone already are no error. */
  remove(userId: string, deviceIds: readonly string[]): Promise<void>;
}

export interface DevicesParts {
  db: Queryable;
  log: LogWriter;
  now: () => number;
  /** Ends a login inside a unit of work (services/accounts/log-out.ts). */
  removeDevice: WithDevice;
}

export function createDevices({ db, log, now, removeDevice }: DevicesParts): Devices {
  async function get(source: Queryable, { userId, deviceId }: DeviceRef): Promise<Device> {
    const device = await getDevice(source, userId, deviceId);
    if (device === undefined) throw new MatrixError('M_NOT_FOUND', 'There is no such device.');
    return device;
  }

  return {
    list: (userId) => listDevices(db, userId),
    get: (device) => get(db, device),
    async rename(device, displayName) {
      checkDeviceName(displayName);
      await log.write(async (unit) => {
        if ((await get(unit, device)).displayName === displayName) return;
        await renameDevice(unit, { ...device, displayName });
        // Others see the name beside the keys.
        if ((await getDeviceKeys(unit, device)) !== undefined) await announceKeys(unit, device.userId);
      });
    },
    async create(device, displayName) {
      checkDeviceName(displayName);
      return log.write(async (unit) => {
        const known = await getDevice(unit, device.userId, device.deviceId);
        const { loggedInAtMs = now() } = known ?? {};
        await putDevice(unit, { ...device, displayName: displayName ?? null, loggedInAtMs, lastSeenAtMs: now() });
        return known === undefined;
      });
    },
    remove: (userId, deviceIds) =>
      log.write(async (unit) => {
        const asked = new Set(deviceIds);
        // Of a long list only those that are there cost anything.
        for (const { deviceId } of await listDevices(unit, userId))
          if (asked.has(deviceId)) await removeDevice(unit, userId, deviceId);
      }),
  };
}
