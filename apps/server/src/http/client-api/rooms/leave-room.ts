import Type from 'typebox';
import type { RoomDoors } from '../../../services/rooms/doors.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

/** POST /rooms/{roomId}/leave (specification, "Leaving rooms"). */
export const leaveRoom = (doors: RoomDoors) =>
  endpoint({
    method: 'POST',
    path: '/v3/rooms/:roomId/leave',
    auth: 'guest',
    body: Type.Object({ reason: OptionalText }),
    async handle({ requester, params: { roomId }, body }) {
      await doors.leave(requester.userId, roomId, body.reason);
      return {};
    },
  });
