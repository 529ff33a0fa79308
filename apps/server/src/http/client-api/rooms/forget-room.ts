import type { MembershipRequests } from '../../../services/rooms/membership-requests.ts';
import { endpoint } from '../../endpoint.ts';

/** POST /rooms/{roomId}/forget (specification, "Leaving rooms"). */
export const forgetRoom = (requests: MembershipRequests) =>
  endpoint({
    method: 'POST',
    path: '/v3/rooms/:roomId/forget',
    auth: 'guest',
    async handle({ requester, params: { roomId } }) {
      await requests.forget(requester.userId, roomId);
      return {};
    },
  });
