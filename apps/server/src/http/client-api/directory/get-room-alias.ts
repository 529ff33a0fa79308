import { MatrixError } from '@sotto/protocol';
import type { Aliases } from '../../../services/directory/aliases.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /directory/room/{roomAlias} (specification, "Room aliases"). */
export const getRoomAlias = (aliases: Aliases, serverName: string) =>
  endpoint({
    method: 'GET',
    path: '/v3/directory/room/:roomAlias',
    auth: 'none',
    async handle({ params: { roomAlias } }) {
      const roomId = await aliases.find(roomAlias);
      if (roomId === undefined) throw new MatrixError('M_NOT_FOUND', 'There is no room of this name.');
      return { room_id: roomId, servers: [serverName] };
    },
  });
