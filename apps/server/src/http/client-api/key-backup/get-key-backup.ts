import type { KeyBackups } from '../../../services/key-backup/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /room_keys/version: the current backup (specification, "Server-side key backups"). */
export const getCurrentKeyBackup = (backups: KeyBackups) =>
  endpoint({
    method: 'GET',
    path: '/v3/room_keys/version',
    aliases: ['/unstable/room_keys/version'],
    auth: 'user',
    handle: ({ requester }) => backups.describe(requester.userId),
  });

/** GET /room_keys/version/{version}. */
export const getKeyBackup = (backups: KeyBackups) =>
  endpoint({
    method: 'GET',
    path: '/v3/room_keys/version/:version',
    aliases: ['/unstable/room_keys/version/:version'],
    auth: 'user',
    handle: ({ requester, params }) => backups.describe(requester.userId, params.version),
  });
