import type { Aliases } from '../../../services/directory/aliases.ts';
import { endpoint } from '../../endpoint.ts';

/** DELETE /directory/room/{roomAlias} (specification, "Room aliases"). */
export const deleteRoomAlias = (aliases: Aliases) =>
  endpoint({
    method: 'DELETE',
    path: '/v3/directory/room/:roomAlias',
    auth: 'user',
    isRefusedWhenSuspended: true,
    async handle({ requester, params: { roomAlias } }) {
      await aliases.remove(requester, roomAlias);
      return {};
    },
  });
