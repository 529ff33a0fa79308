import { isRoomId, type JsonObject, MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { ResolveRoom } from '../../../services/directory/aliases.ts';
import type { MembershipRequests } from '../../../services/rooms/membership-requests.ts';
import { endpoint } from '../../endpoint.ts';
import { AnyObject, OptionalText } from '../../schemas.ts';

const Body = Type.Object({
  reason: OptionalText,
  third_party_signed: Type.Optional(Type.Union([AnyObject, Type.Null()])),
});

function checkPlain({ third_party_signed: signed }: { third_party_signed?: unknown }): void {
  if (signed !== undefined && signed !== null)
    throw new MatrixError('M_THREEPID_DENIED', 'Invites by mail or phone are not served here.');
}

/** What the server itself says in a member event. */
const served = new Set(['third_party_signed', 'membership', 'join_authorised_via_users_server']);

/** What else stands in the body becomes part of the member event, as on other servers. */
function contentOf(body: object): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([key]) => !served.has(key)));
}

/** POST /join/{roomIdOrAlias} (specification, "Joining rooms"). */
export const joinRoom = (requests: MembershipRequests, resolve: ResolveRoom) =>
  endpoint({
    method: 'POST',
    path: '/v3/join/:roomIdOrAlias',
    auth: 'guest',
    isRefusedWhenSuspended: true,
    body: Body,
    async handle({ requester, params: { roomIdOrAlias }, body }) {
      checkPlain(body);
      const roomId = await resolve(roomIdOrAlias);
      await requests.join(requester.userId, roomId, contentOf(body));
      return { room_id: roomId };
    },
  });

/** POST /rooms/{roomId}/join (specification, "Joining rooms"). */
export const joinRoomById = (requests: MembershipRequests) =>
  endpoint({
    method: 'POST',
    path: '/v3/rooms/:roomId/join',
    auth: 'guest',
    isRefusedWhenSuspended: true,
    body: Body,
    async handle({ requester, params: { roomId }, body }) {
      checkPlain(body);
      if (!isRoomId(roomId)) throw new MatrixError('M_INVALID_PARAM', 'This is no room id.');
      await requests.join(requester.userId, roomId, contentOf(body));
      return { room_id: roomId };
    },
  });
