import type { ReadRooms } from '../../../services/rooms/read-rooms.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /rooms/{roomId}/joined_members (specification, "Getting events for a room"). */
export const getJoinedMembers = (rooms: ReadRooms) =>
  endpoint({
    method: 'GET',
    path: '/v3/rooms/:roomId/joined_members',
    auth: 'user',
    handle: async ({ requester, params: { roomId } }) => ({
      joined: await rooms.joinedMembers(requester.userId, roomId),
    }),
  });
