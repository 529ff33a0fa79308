import Type from 'typebox';
import type { Hierarchy } from '../../../services/spaces/index.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const Query = Type.Object({
  suggested_only: Type.Optional(Type.Boolean()),
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
  max_depth: Type.Optional(Type.Integer({ minimum: 0 })),
  from: OptionalText,
});

const mostRooms = 50;

/** GET /rooms/{roomId}/hierarchy (specification, "Spaces"). */
export const getHierarchy = (hierarchy: Hierarchy) =>
  endpoint({
    method: 'GET',
    path: '/v1/rooms/:roomId/hierarchy',
    aliases: ['/unstable/org.matrix.msc2946/rooms/:roomId/hierarchy'],
    auth: 'guest',
    query: Query,
    handle: ({ requester, params: { roomId }, query }) =>
      hierarchy({
        userId: requester.userId,
        roomId,
        suggestedOnly: query.suggested_only ?? false,
        maxDepth: query.max_depth,
        limit: Math.min(query.limit ?? mostRooms, mostRooms),
        from: query.from,
      }),
  });
