import type { ReadRooms } from '../../../services/rooms/read-rooms.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /joined_rooms (specification, "Room membership"). */
export const listJoinedRooms = (rooms: ReadRooms) =>
  endpoint({
    method: 'GET',
    path: '/v3/joined_rooms',
    auth: 'guest',
    handle: async ({ requester }) => ({ joined_rooms: await rooms.joinedRoomIds(requester.userId) }),
  });
