import Type from 'typebox';
import type { MembershipRequests } from '../../../services/rooms/membership-requests.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

/** POST /rooms/{roomId}/leave (specification, "Leaving rooms"). */
export const leaveRoom = (requests: MembershipRequests) =>
  endpoint({
    method: 'POST',
    path: '/v3/rooms/:roomId/leave',
    auth: 'guest',
    body: Type.Object({ reason: OptionalText }),
    async handle({ requester, params: { roomId }, body }) {
      await requests.leave(requester.userId, roomId, body.reason);
      return {};
    },
  });
