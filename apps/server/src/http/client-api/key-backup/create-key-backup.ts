import Type from 'typebox';
import type { KeyBackups } from '../../../services/key-backup/index.ts';
import { endpoint } from '../../endpoint.ts';
import { AnyObject, Text } from '../../schemas.ts';

/** POST /room_keys/version (specification, "Server-side key backups"). */
export const createKeyBackup = (backups: KeyBackups) =>
  endpoint({
    method: 'POST',
    path: '/v3/room_keys/version',
    aliases: ['/unstable/room_keys/version'],
    auth: 'user',
    body: Type.Object({ algorithm: Text, auth_data: AnyObject }),
    async handle({ requester, body }) {
      const backup = { algorithm: body.algorithm, authData: body.auth_data };
      return { version: await backups.create(requester.userId, backup) };
    },
  });
