import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { MembershipRequests } from '../../../services/rooms/membership-requests.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const thirdParty = ['id_server', 'id_access_token', 'medium', 'address'] as const;

const Body = Type.Object({
  user_id: OptionalText,
  reason: OptionalText,
  id_server: OptionalText,
  id_access_token: OptionalText,
  medium: OptionalText,
  address: OptionalText,
});

/** POST /rooms/{roomId}/invite (specification, "Inviting to a room"). */
export const inviteToRoom = (requests: MembershipRequests) =>
  endpoint({
    method: 'POST',
    path: '/v3/rooms/:roomId/invite',
    auth: 'user',
    isRefusedWhenSuspended: true,
    body: Body,
    async handle({ requester, params: { roomId }, body }) {
      const { user_id: userId, reason } = body;
      if (userId === undefined) throw refuseWithoutUserId(body);
      await requests.invite({ roomId, sender: requester.userId, userId, reason });
      return {};
    },
  });

function refuseWithoutUserId(body: Partial<Record<(typeof thirdParty)[number], string>>): MatrixError {
  const given = thirdParty.filter((key) => body[key] !== undefined);
  if (given.length === 0) return new MatrixError('M_MISSING_PARAM', 'The body must have user_id.');
  const missing = thirdParty.find((key) => body[key] === undefined);
  if (missing !== undefined) return new MatrixError('M_MISSING_PARAM', `The body must have ${missing}.`);
  return new MatrixError('M_THREEPID_DENIED', 'People can be invited by their user id only.');
}
