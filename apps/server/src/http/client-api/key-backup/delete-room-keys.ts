import type { KeyBackups } from '../../../services/key-backup/index.ts';
import { endpoint } from '../../endpoint.ts';
import { BackupQuery, backupOf } from './backup-query.ts';

/** DELETE /room_keys/keys (specification, "Server-side key backups"). */
export const deleteAllRoomKeys = (backups: KeyBackups) =>
  endpoint({
    method: 'DELETE',
    path: '/v3/room_keys/keys',
    aliases: ['/unstable/room_keys/keys'],
    auth: 'user',
    query: BackupQuery,
    handle: ({ requester, query }) => backups.removeKeys(backupOf(requester.userId, query)),
  });

/** DELETE /room_keys/keys/{roomId}. */
export const deleteRoomKeys = (backups: KeyBackups) =>
  endpoint({
    method: 'DELETE',
    path: '/v3/room_keys/keys/:roomId',
    aliases: ['/unstable/room_keys/keys/:roomId'],
    auth: 'user',
    query: BackupQuery,
    handle: ({ requester, params: { roomId }, query }) =>
      backups.removeKeys(backupOf(requester.userId, query), { roomId }),
  });

/** DELETE /room_keys/keys/{roomId}/{sessionId}. */
export const deleteRoomKey = (backups: KeyBackups) =>
  endpoint({
    method: 'DELETE',
    path: '/v3/room_keys/keys/:roomId/:sessionId',
    aliases: ['/unstable/room_keys/keys/:roomId/:sessionId'],
    auth: 'user',
    query: BackupQuery,
    handle: ({ requester, params: { roomId, sessionId }, query }) =>
      backups.removeKeys(backupOf(requester.userId, query), { roomId, sessionId }),
  });
