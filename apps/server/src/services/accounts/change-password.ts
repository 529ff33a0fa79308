import type { LogWriter } from '../../log/writer.ts';
import { listDevices } from '../../store/devices.ts';
import { deletePurposeTokensOf } from '../../store/purpose-tokens.ts';
import { setPasswordHash } from '../../store/users.ts';
import type { Logouts } from './log-out.ts';
import type { Passwords } from './passwords.ts';

export interface PasswordChange {
  userId: string;
  newPassword: string;
  /** Ends every other login (specification, "POST /account/password"). */
  logoutDevices: boolean;
  /** The device that asks, which stays. */
  keepDeviceId?: string | undefined;
}

/** Sets a new password. @throws MatrixError M_WEAK_PASSWORD, M_TOO_LARGE */
export type ChangePassword = (change: PasswordChange) => Promise<void>;

export function createChangePassword(parts: {
  log: LogWriter;
  passwords: Passwords;
  logouts: Logouts;
}): ChangePassword {
  const { log, passwords, logouts } = parts;
  return async ({ userId, newPassword, logoutDevices, keepDeviceId }) => {
    const passwordHash = await passwords.hash(newPassword);
    await log.write(async (unit) => {
      await setPasswordHash(unit, userId, passwordHash);
      if (!logoutDevices) return;
      await deletePurposeTokensOf(unit, userId);
      for (const { deviceId } of await listDevices(unit, userId)) {
        if (deviceId !== keepDeviceId) await logouts.removeDevice(unit, userId, deviceId);
      }
    });
  };
}
