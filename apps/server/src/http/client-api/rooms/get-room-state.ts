import type { ReadRooms } from '../../../services/rooms/read-rooms.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /rooms/{roomId}/state (specification, "Getting events for a room"). */
export const getRoomState = (rooms: ReadRooms) =>
  endpoint({
    method: 'GET',
    path: '/v3/rooms/:roomId/state',
    auth: 'guest',
    handle: ({ requester, params: { roomId } }) => rooms.state(requester.userId, roomId),
  });
