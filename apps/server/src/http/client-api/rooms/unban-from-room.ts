import Type from 'typebox';
import type { MembershipRequests } from '../../../services/rooms/membership-requests.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

/** POST /rooms/{roomId}/unban (specification, "Banning users in a room"). */
export const unbanFromRoom = (requests: MembershipRequests) =>
  endpoint({
    method: 'POST',
    path: '/v3/rooms/:roomId/unban',
    auth: 'user',
    isRefusedWhenSuspended: true,
    body: Type.Object({ user_id: Type.String(), reason: OptionalText }),
    async handle({ requester, params: { roomId }, body: { user_id: userId, reason } }) {
      await requests.unban({ roomId, sender: requester.userId, userId, reason });
      return {};
    },
  });
