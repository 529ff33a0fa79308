import type { LogWriter, Unit } from '../../log/writer.ts';
import { deleteDeviceRow, listDevices } from '../../store/devices.ts';
import { deletePurposeTokensOf } from '../../store/purpose-tokens.ts';
import type { AccessTokens } from './access-tokens.ts';

/** What else goes when a device goes: its keys, what was sent to it, its pushers, its place in device lists. */
export type ForgetDevice = (unit: Unit, userId: string, deviceId: string) => Promise<void>;

export interface Logouts {
  /** Ends one login: its tokens, the device and its keys (specification, POST /logout). */
  logOut(userId: string, deviceId: string): Promise<void>;
  logOutAll(userId: string): Promise<void>;
  /** The same inside a unit of work. */
  removeDevice: ForgetDevice;
  removeAll(unit: Unit, userId: string): Promise<void>;
}

export function createLogouts(parts: {
  log: LogWriter;
  accessTokens: AccessTokens;
  forgetDevice: ForgetDevice;
}): Logouts {
  const { log, accessTokens, forgetDevice } = parts;
  async function removeDevice(unit: Unit, userId: string, deviceId: string): Promise<void> {
    await accessTokens.revokeDevice(unit, userId, deviceId);
    await deleteDeviceRow(unit, userId, deviceId);
    await forgetDevice(unit, userId, deviceId);
    // Its long polls are woken, ask again who they are, and end with M_UNKNOWN_TOKEN.
    unit.tell({ userId });
  }
  async function removeAll(unit: Unit, userId: string): Promise<void> {
    await deletePurposeTokensOf(unit, userId);
    for (const device of await listDevices(unit, userId)) await removeDevice(unit, userId, device.deviceId);
  }
  return {
    removeDevice,
    removeAll,
    logOut: (userId, deviceId) => log.write((unit) => removeDevice(unit, userId, deviceId)),
    logOutAll: (userId) => log.write((unit) => removeAll(unit, userId)),
  };
}
