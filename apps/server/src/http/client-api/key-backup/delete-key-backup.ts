import type { KeyBackups } from '../../../services/key-backup/index.ts';
import { endpoint } from '../../endpoint.ts';

/** DELETE /room_keys/version/{version} (specification, "Server-side key backups"). */
export const deleteKeyBackup = (backups: KeyBackups) =>
  endpoint({
    method: 'DELETE',
    path: '/v3/room_keys/version/:version',
    aliases: ['/unstable/room_keys/version/:version'],
    auth: 'user',
    async handle({ requester: { userId }, params: { version } }) {
      await backups.remove({ userId, version });
      return {};
    },
  });
