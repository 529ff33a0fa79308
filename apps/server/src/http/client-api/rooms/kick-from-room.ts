import Type from 'typebox';
import type { RoomDoors } from '../../../services/rooms/doors.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

/** POST /rooms/{roomId}/kick (specification, "Leaving rooms"). */
export const kickFromRoom = (doors: RoomDoors) =>
  endpoint({
    method: 'POST',
    path: '/v3/rooms/:roomId/kick',
    auth: 'user',
    isRefusedWhenSuspended: true,
    body: Type.Object({ user_id: Type.String(), reason: OptionalText }),
    async handle({ requester, params: { roomId }, body: { user_id: userId, reason } }) {
      await doors.kick({ roomId, sender: requester.userId, userId, reason });
      return {};
    },
  });
