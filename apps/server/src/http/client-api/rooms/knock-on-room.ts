import Type from 'typebox';
import type { ResolveRoom } from '../../../services/directory/aliases.ts';
import type { MembershipRequests } from '../../../services/rooms/membership-requests.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

/** POST /knock/{roomIdOrAlias} (specification, "Knocking on rooms"). */
export const knockOnRoom = (requests: MembershipRequests, resolve: ResolveRoom) =>
  endpoint({
    method: 'POST',
    path: '/v3/knock/:roomIdOrAlias',
    auth: 'user',
    isRefusedWhenSuspended: true,
    body: Type.Object({ reason: OptionalText }),
    async handle({ requester, params: { roomIdOrAlias }, body }) {
      const roomId = await resolve(roomIdOrAlias);
      await requests.knock(requester.userId, roomId, body.reason);
      return { room_id: roomId };
    },
  });
