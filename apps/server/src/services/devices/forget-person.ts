import type { Unit } from '../../log/writer.ts';
import { deleteCrossSigningKeys, deleteSignaturesBy, deleteSignaturesOn } from '../../store/cross-signing-keys.ts';
import { getDehydratedDevice } from '../../store/dehydrated-devices.ts';
import { deleteKeyBackups } from '../../store/key-backups.ts';
import { deletePresence } from '../../store/presence.ts';
import { deletePushRules } from '../../store/push-rules.ts';
import { deleteThreadSubscriptionsOf } from '../../store/thread-subscriptions.ts';
import { announceKeys } from '../keys/announce-keys.ts';
import type { WithDevice } from './forget-device.ts';

/**
 * Makes the verb that takes away what a person has here beyond their logins: the dehydrated device, the identity with
 * all signatures, the key backups, the push rules, the threads that they follow.
 */
export function createForgetPerson(forgetDevice: WithDevice): (unit: Unit, userId: string) => Promise<void> {
  return async (unit, userId) => {
    const dehydrated = await getDehydratedDevice(unit, userId);
    if (dehydrated !== undefined) await forgetDevice(unit, userId, dehydrated.deviceId);
    await deleteCrossSigningKeys(unit, userId);
    await deleteSignaturesOn(unit, userId);
    await deleteSignaturesBy(unit, userId);
    await deleteKeyBackups(unit, userId);
    await deletePresence(unit, userId);
    await deletePushRules(unit, userId);
    await deleteThreadSubscriptionsOf(unit, userId);
    await announceKeys(unit, userId);
  };
}
