import Type from 'typebox';
import type { ReadRooms } from '../../../services/rooms/read-rooms.ts';
import { parseToken } from '../../../services/sync/index.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

/** GET /rooms/{roomId}/members (specification, "Getting events for a room"). */
export const getMembers = (rooms: ReadRooms, newest: () => number) =>
  endpoint({
    method: 'GET',
    path: '/v3/rooms/:roomId/members',
    auth: 'guest',
    query: Type.Object({ at: OptionalText, membership: OptionalText, not_membership: OptionalText }),
    async handle({ requester, params: { roomId }, query: { at, membership, not_membership: notMembership } }) {
      const position = at === undefined ? undefined : parseToken(at, newest());
      return { chunk: await rooms.members(requester.userId, roomId, { at: position, membership, notMembership }) };
    },
  });
