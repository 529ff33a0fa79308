import type { Services } from '../../services/index.ts';
import type { Endpoint } from '../endpoint.ts';
import { claimKeys } from './claim-keys.ts';
import { createKeyBackup } from './create-key-backup.ts';
import { deleteDehydratedDevice } from './delete-dehydrated-device.ts';
import { deleteDevice } from './delete-device.ts';
import { deleteDevices } from './delete-devices.ts';
import { deleteKeyBackup } from './delete-key-backup.ts';
import { deleteAllRoomKeys, deleteRoomKey, deleteRoomKeys } from './delete-room-keys.ts';
import { getDehydratedDevice } from './get-dehydrated-device.ts';
import { getDehydratedEvents, postDehydratedEvents } from './get-dehydrated-events.ts';
import { getDevice } from './get-device.ts';
import { getCurrentKeyBackup, getKeyBackup } from './get-key-backup.ts';
import { getKeyChanges } from './get-key-changes.ts';
import { getAllRoomKeys, getRoomKey, getRoomKeys } from './get-room-keys.ts';
import { listDevices } from './list-devices.ts';
import { putDehydratedDevice } from './put-dehydrated-device.ts';
import { putDevice } from './put-device.ts';
import { putKeyBackup } from './put-key-backup.ts';
import { putAllRoomKeys, putRoomKey, putRoomKeys } from './put-room-keys.ts';
import { queryKeys } from './query-keys.ts';
import { sendToDevice } from './send-to-device.ts';
import { uploadCrossSigningKeys } from './upload-cross-signing-keys.ts';
import { uploadKeys } from './upload-keys.ts';
import { uploadSignatures } from './upload-signatures.ts';

/** Keys of devices and people, and messages between devices. */
export function keysRoutes({ keys, toDevice, accounts, newest }: Services): Endpoint[] {
  return [
    uploadKeys(keys),
    queryKeys(keys),
    claimKeys(keys),
    getKeyChanges(keys, newest),
    uploadCrossSigningKeys(keys, accounts.confirmIdentity),
    uploadSignatures(keys),
    sendToDevice(toDevice),
  ];
}

export function deviceRoutes({ devices, dehydratedDevices, accounts }: Services): Endpoint[] {
  return [
    listDevices(devices),
    getDevice(devices),
    putDevice(devices),
    deleteDevice(devices, accounts.confirmIdentity),
    deleteDevices(devices, accounts.confirmIdentity),
    putDehydratedDevice(dehydratedDevices),
    getDehydratedDevice(dehydratedDevices),
    deleteDehydratedDevice(dehydratedDevices),
    getDehydratedEvents(dehydratedDevices),
    postDehydratedEvents(dehydratedDevices),
  ];
}

export function keyBackupRoutes({ keyBackups }: Services): Endpoint[] {
  return [
    createKeyBackup(keyBackups),
    getCurrentKeyBackup(keyBackups),
    getKeyBackup(keyBackups),
    putKeyBackup(keyBackups),
    deleteKeyBackup(keyBackups),
    putAllRoomKeys(keyBackups),
    putRoomKeys(keyBackups),
    putRoomKey(keyBackups),
    getAllRoomKeys(keyBackups),
    getRoomKeys(keyBackups),
    getRoomKey(keyBackups),
    deleteAllRoomKeys(keyBackups),
    deleteRoomKeys(keyBackups),
    deleteRoomKey(keyBackups),
  ];
}
