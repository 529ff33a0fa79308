import { clampLimit } from '@sotto/protocol';
import Type from 'typebox';
import { parseToken } from '../../../services/sync/index.ts';
import type { ReadRelations } from '../../../services/timeline/index.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const Query = Type.Object({
  include: Type.Optional(Type.Union([Type.Literal('all'), Type.Literal('participated')])),
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
  from: OptionalText,
});

const mostThreads = 100;

/** GET /rooms/{roomId}/threads (specification, "Querying threads in a room"). */
export const listThreads = (relations: ReadRelations, newest: () => number) =>
  endpoint({
    method: 'GET',
    path: '/v1/rooms/:roomId/threads',
    aliases: ['/unstable/org.matrix.msc3856/rooms/:roomId/threads'],
    auth: 'user',
    query: Query,
    handle: ({ requester, params: { roomId }, query }) =>
      relations.threads({
        requester,
        roomId,
        include: query.include ?? 'all',
        from: query.from ? parseToken(query.from, newest()) : undefined,
        limit: clampLimit(query.limit, { fallback: 20, max: mostThreads }),
      }),
  });
