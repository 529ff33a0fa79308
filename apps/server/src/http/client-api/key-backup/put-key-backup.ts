import Type from 'typebox';
import type { KeyBackups } from '../../../services/key-backup/index.ts';
import { endpoint } from '../../endpoint.ts';
import { AnyObject, OptionalText, Text } from '../../schemas.ts';

/** PUT /room_keys/version/{version} (specification, "Server-side key backups"). */
export const putKeyBackup = (backups: KeyBackups) =>
  endpoint({
    method: 'PUT',
    path: '/v3/room_keys/version/:version',
    aliases: ['/unstable/room_keys/version/:version'],
    auth: 'user',
    body: Type.Object({ algorithm: Text, auth_data: AnyObject, version: OptionalText }),
    async handle({ requester: { userId }, params: { version }, body }) {
      const { algorithm, auth_data: authData } = body;
      const change = { algorithm, authData, ...(body.version !== undefined && { version: body.version }) };
      await backups.update({ userId, version }, change);
      return {};
    },
  });
