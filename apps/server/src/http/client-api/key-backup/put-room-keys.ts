import Type from 'typebox';
import type { KeyBackups } from '../../../services/key-backup/index.ts';
import { endpoint } from '../../endpoint.ts';
import { AnyObject, MapOf } from '../../schemas.ts';
import { BackupQuery, backupOf } from './backup-query.ts';

const Key = Type.Object({
  first_message_index: Type.Integer({ minimum: 0 }),
  forwarded_count: Type.Integer({ minimum: 0 }),
  is_verified: Type.Boolean(),
  session_data: AnyObject,
});
const RoomKeys = Type.Object({ sessions: MapOf(Key) });

/** All keys that one request brings: a client restores and fills a backup in few requests. */
const maxBodyBytes = 16 * 2 ** 20;

/** PUT /room_keys/keys (specification, "Server-side key backups"). */
export const putAllRoomKeys = (backups: KeyBackups) =>
  endpoint({
    method: 'PUT',
    path: '/v3/room_keys/keys',
    aliases: ['/unstable/room_keys/keys'],
    auth: 'user',
    maxBodyBytes,
    query: BackupQuery,
    body: Type.Object({ rooms: MapOf(RoomKeys) }),
    handle: ({ requester, query, body }) => backups.store(backupOf(requester.userId, query), body.rooms),
  });

/** PUT /room_keys/keys/{roomId}. */
export const putRoomKeys = (backups: KeyBackups) =>
  endpoint({
    method: 'PUT',
    path: '/v3/room_keys/keys/:roomId',
    aliases: ['/unstable/room_keys/keys/:roomId'],
    auth: 'user',
    maxBodyBytes,
    query: BackupQuery,
    body: RoomKeys,
    handle: ({ requester, params: { roomId }, query, body }) =>
      backups.store(backupOf(requester.userId, query), Object.fromEntries([[roomId, body]])),
  });

/** PUT /room_keys/keys/{roomId}/{sessionId}. */
export const putRoomKey = (backups: KeyBackups) =>
  endpoint({
    method: 'PUT',
    path: '/v3/room_keys/keys/:roomId/:sessionId',
    aliases: ['/unstable/room_keys/keys/:roomId/:sessionId'],
    auth: 'user',
    query: BackupQuery,
    body: Key,
    handle({ requester, params: { roomId, sessionId }, query, body }) {
      const sessions = Object.fromEntries([[sessionId, body]]);
      return backups.store(backupOf(requester.userId, query), Object.fromEntries([[roomId, { sessions }]]));
    },
  });
