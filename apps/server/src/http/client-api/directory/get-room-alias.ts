import type { Aliases } from '../../../services/directory/aliases.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /directory/room/{roomAlias} (specification, "Room aliases"). */
export const getRoomAlias = (aliases: Aliases, serverName: string) =>
  endpoint({
    method: 'GET',
    path: '/v3/directory/room/:roomAlias',
    auth: 'none',
    async handle({ params: { roomAlias } }) {
      return { room_id: await aliases.find(roomAlias), servers: [serverName] };
    },
  });
