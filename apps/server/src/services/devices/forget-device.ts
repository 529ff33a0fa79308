import type { Unit } from '../../log/writer.ts';
import { deleteDehydratedDevice } from '../../store/dehydrated-devices.ts';
import { deleteDeviceKeys } from '../../store/device-keys.ts';
import { deleteClaimableKeys } from '../../store/one-time-keys.ts';
import { deleteToDeviceMessages } from '../../store/to-device-messages.ts';
import { deleteTransactionsOfDevice } from '../../store/transactions.ts';
import { announceKeys } from '../keys/announce-keys.ts';

/** Something that must go with a device. */
export type WithDevice = (unit: Unit, userId: string, deviceId: string) => Promise<void>;

/**
 * Makes the verb that takes away all that belongs to a device: its keys, what waits for it, its transaction ids, its
 * place in device lists. It serves dehydrated devices too.
 * @param others what other services keep for a device (pushers)
 */
export function createForgetDevice(others: readonly WithDevice[] = []): WithDevice {
  return async (unit, userId, deviceId) => {
    const device = { userId, deviceId };
    await deleteClaimableKeys(unit, device);
    await deleteToDeviceMessages(unit, device);
    await deleteDehydratedDevice(unit, device);
    await deleteTransactionsOfDevice(unit, userId, deviceId);
    for (const forget of others) await forget(unit, userId, deviceId);
    if (await deleteDeviceKeys(unit, device)) await announceKeys(unit, userId);
  };
}
