import Type from 'typebox';
import type { MembershipRequests } from '../../../services/rooms/membership-requests.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

/** POST /rooms/{roomId}/ban (specification, "Banning users in a room"). */
export const banFromRoom = (requests: MembershipRequests) =>
  endpoint({
    method: 'POST',
    path: '/v3/rooms/:roomId/ban',
    auth: 'user',
    isRefusedWhenSuspended: true,
    body: Type.Object({ user_id: Type.String(), reason: OptionalText }),
    async handle({ requester, params: { roomId }, body: { user_id: userId, reason } }) {
      await requests.ban({ roomId, sender: requester.userId, userId, reason });
      return {};
    },
  });
