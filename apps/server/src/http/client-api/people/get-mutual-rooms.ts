import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { MutualRooms } from '../../../services/people/mutual-rooms.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

/** GET /mutual_rooms (specification, "Mutual Rooms"). */
export const getMutualRooms = (mutualRooms: MutualRooms) =>
  endpoint({
    method: 'GET',
    path: '/v1/mutual_rooms',
    aliases: ['/v1/user/mutual_rooms', '/unstable/uk.half-shot.msc2666/user/mutual_rooms'],
    auth: 'user',
    query: Type.Object({ user_id: OptionalText, from: OptionalText, batch_token: OptionalText }),
    async handle({ requester, query: { user_id: userId, from, batch_token: oldFrom } }) {
      if (userId === undefined) throw new MatrixError('M_MISSING_PARAM', 'The query must have user_id.');
      const page = await mutualRooms(requester.userId, userId, from ?? oldFrom);
      return { ...page, next_batch_token: page.next_batch };
    },
  });
