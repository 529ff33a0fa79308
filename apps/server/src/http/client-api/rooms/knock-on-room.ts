import Type from 'typebox';
import type { RoomDoors } from '../../../services/rooms/doors.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

/** POST /knock/{roomIdOrAlias} (specification, "Knocking on rooms"). */
export const knockOnRoom = (doors: RoomDoors) =>
  endpoint({
    method: 'POST',
    path: '/v3/knock/:roomIdOrAlias',
    auth: 'user',
    isRefusedWhenSuspended: true,
    body: Type.Object({ reason: OptionalText }),
    async handle({ requester, params: { roomIdOrAlias }, body }) {
      const roomId = await doors.resolve(roomIdOrAlias);
      await doors.knock(requester.userId, roomId, body.reason);
      return { room_id: roomId };
    },
  });
