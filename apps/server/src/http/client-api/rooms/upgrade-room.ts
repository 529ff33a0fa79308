import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { UpgradeRoom } from '../../../services/rooms/upgrade-room.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const Body = Type.Object({
  new_version: OptionalText,
  additional_creators: Type.Optional(Type.Array(Type.String())),
  /** Ours: whether the successor is encrypted. Encryption can't be taken out of a room, only out of its successor. */
  'org.sotto.encrypted': Type.Optional(Type.Boolean()),
});

/** POST /rooms/{roomId}/upgrade (specification, "Room Upgrades"). */
export const upgradeRoom = (upgrade: UpgradeRoom) =>
  endpoint({
    method: 'POST',
    path: '/v3/rooms/:roomId/upgrade',
    auth: 'user',
    isRefusedWhenSuspended: true,
    body: Body,
    async handle({ requester, params: { roomId }, body }) {
      const { new_version: newVersion, additional_creators: additionalCreators } = body;
      if (newVersion === undefined) throw new MatrixError('M_MISSING_PARAM', 'The body must have new_version.');
      const isEncrypted = body['org.sotto.encrypted'];
      const request = { userId: requester.userId, roomId, newVersion, additionalCreators, isEncrypted };
      return { replacement_room: await upgrade(request) };
    },
  });
