import type { RoomDoors } from '../../../services/rooms/doors.ts';
import { endpoint } from '../../endpoint.ts';

/** POST /rooms/{roomId}/forget (specification, "Leaving rooms"). */
export const forgetRoom = (doors: RoomDoors) =>
  endpoint({
    method: 'POST',
    path: '/v3/rooms/:roomId/forget',
    auth: 'guest',
    async handle({ requester, params: { roomId } }) {
      await doors.forget(requester.userId, roomId);
      return {};
    },
  });
