import type { Aliases } from '../../../services/directory/aliases.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /rooms/{roomId}/aliases (specification, "Room aliases"). */
export const listRoomAliases = (aliases: Aliases) =>
  endpoint({
    method: 'GET',
    path: '/v3/rooms/:roomId/aliases',
    aliases: ['/unstable/org.matrix.msc2432/rooms/:roomId/aliases'],
    auth: 'user',
    handle: async ({ requester, params: { roomId } }) => ({ aliases: await aliases.ofRoom(requester, roomId) }),
  });
