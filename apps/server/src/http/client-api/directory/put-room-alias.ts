import Type from 'typebox';
import type { Aliases } from '../../../services/directory/aliases.ts';
import { endpoint } from '../../endpoint.ts';

/** PUT /directory/room/{roomAlias} (specification, "Room aliases"). */
export const putRoomAlias = (aliases: Aliases) =>
  endpoint({
    method: 'PUT',
    path: '/v3/directory/room/:roomAlias',
    auth: 'user',
    isRefusedWhenSuspended: true,
    body: Type.Object({ room_id: Type.String() }),
    async handle({ requester, params: { roomAlias }, body }) {
      await aliases.set(requester, roomAlias, body.room_id);
      return {};
    },
  });
