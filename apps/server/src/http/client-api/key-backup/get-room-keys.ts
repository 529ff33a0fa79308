import { MatrixError } from '@sotto/protocol';
import type { KeyBackups, StoredKeys } from '../../../services/key-backup/index.ts';
import { endpoint } from '../../endpoint.ts';
import { BackupQuery, backupOf, SliceQuery, sliceOf, textOf } from './backup-query.ts';

function roomsOf(found: StoredKeys): Record<string, { sessions: object }> {
  const rooms = [...found].map(([roomId, sessions]) => [roomId, { sessions: Object.fromEntries(sessions) }] as const);
  return Object.fromEntries(rooms);
}

/** GET /room_keys/keys (specification, "Server-side key backups"). */
export const getAllRoomKeys = (backups: KeyBackups) =>
  endpoint({
    method: 'GET',
    path: '/v3/room_keys/keys',
    aliases: ['/unstable/room_keys/keys'],
    auth: 'user',
    query: SliceQuery,
    async handle({ requester, query }) {
      const name = backupOf(requester.userId, query);
      const slice = sliceOf(query);
      if (!slice) return { rooms: roomsOf(await backups.read(name)) };
      const { keys, next } = await backups.readSlice(name, slice);
      return { rooms: roomsOf(keys), ...(next && { 'org.sotto.next_batch': textOf(next) }) };
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
