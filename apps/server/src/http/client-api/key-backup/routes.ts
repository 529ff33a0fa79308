import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { createKeyBackup } from './create-key-backup.ts';
import { deleteKeyBackup } from './delete-key-backup.ts';
import { deleteAllRoomKeys, deleteRoomKey, deleteRoomKeys } from './delete-room-keys.ts';
import { getCurrentKeyBackup, getKeyBackup } from './get-key-backup.ts';
import { getAllRoomKeys, getRoomKey, getRoomKeys } from './get-room-keys.ts';
import { putKeyBackup } from './put-key-backup.ts';
import { putAllRoomKeys, putRoomKey, putRoomKeys } from './put-room-keys.ts';

/** The backup of room keys, in all its operations. */
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
