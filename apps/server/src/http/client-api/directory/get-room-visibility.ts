import type { Publishing } from '../../../services/directory/publishing.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /directory/list/room/{roomId} (specification, "Published room directory"). */
export const getRoomVisibility = (publishing: Publishing) =>
  endpoint({
    method: 'GET',
    path: '/v3/directory/list/room/:roomId',
    auth: 'none',
    handle: async ({ params: { roomId } }) => ({ visibility: await publishing.visibility(roomId) }),
  });
