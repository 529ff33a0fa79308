import { MatrixError } from '@sotto/protocol';
import type { KeyBackups } from '../../../services/key-backup/index.ts';
import { endpoint } from '../../endpoint.ts';
import { BackupQuery, backupOf } from './backup-query.ts';

/** GET /room_keys/keys (specification, "Server-side key backups"). */
export const getAllRoomKeys = (backups: KeyBackups) =>
  endpoint({
    method: 'GET',
    path: '/v3/room_keys/keys',
    aliases: ['/unstable/room_keys/keys'],
    auth: 'user',
    query: BackupQuery,
    async handle({ requester, query }) {
      const found = await backups.read(backupOf(requester.userId, query));
      const rooms = [...found].map(
        ([roomId, sessions]) => [roomId, { sessions: Object.fromEntries(sessions) }] as const,
      );
      return { rooms: Object.fromEntries(rooms) };
    },
  });

/** GET /room_keys/keys/{roomId}: of a room with nothing an empty `sessions`, not an error. */
export const getRoomKeys = (backups: KeyBackups) =>
  endpoint({
    method: 'GET',
    path: '/v3/room_keys/keys/:roomId',
    aliases: ['/unstable/room_keys/keys/:roomId'],
    auth: 'user',
    query: BackupQuery,
    async handle({ requester, params: { roomId }, query }) {
      const found = await backups.read(backupOf(requester.userId, query), { roomId });
      return { sessions: Object.fromEntries(found.get(roomId) ?? []) };
    },
  });

/** GET /room_keys/keys/{roomId}/{sessionId}. */
export const getRoomKey = (backups: KeyBackups) =>
  endpoint({
    method: 'GET',
    path: '/v3/room_keys/keys/:roomId/:sessionId',
    aliases: ['/unstable/room_keys/keys/:roomId/:sessionId'],
    auth: 'user',
    query: BackupQuery,
    async handle({ requester, params: { roomId, sessionId }, query }) {
      const found = await backups.read(backupOf(requester.userId, query), { roomId, sessionId });
      const key = found.get(roomId)?.get(sessionId);
      if (key === undefined) throw new MatrixError('M_NOT_FOUND', 'The backup has no such key.');
      return key;
    },
  });
