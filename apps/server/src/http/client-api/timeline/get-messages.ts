import { clampLimit } from '@sotto/protocol';
import Type from 'typebox';
import { parseToken } from '../../../services/sync/index.ts';
import { type ReadTimeline, readEventFilter } from '../../../services/timeline/index.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const Query = Type.Object({
  // Required by the specification, and left out by clients that mean forwards.
  dir: Type.Optional(Type.Union([Type.Literal('b'), Type.Literal('f')])),
  from: OptionalText,
  to: OptionalText,
  limit: Type.Optional(Type.Integer({ minimum: 0 })),
  filter: OptionalText,
});

const mostEvents = 1000;

/** GET /rooms/{roomId}/messages (specification, "Getting events for a room"). */
export const getMessages = (timeline: ReadTimeline, newest: () => number) =>
  endpoint({
    method: 'GET',
    path: '/v3/rooms/:roomId/messages',
    auth: 'guest',
    query: Query,
    async handle({ requester, params: { roomId }, query }) {
      const filter = readEventFilter(query.filter);
      const position = (token: string | undefined) =>
        token === undefined || token === '' ? undefined : parseToken(token, newest());
      return timeline.page({
        requester,
        roomId,
        direction: query.dir ?? 'f',
        from: position(query.from),
        to: position(query.to),
        limit: clampLimit(query.limit ?? filter.limit, { fallback: 10, max: mostEvents }),
        filter,
      });
    },
  });
