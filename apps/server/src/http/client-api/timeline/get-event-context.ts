import { clampLimit } from '@sotto/protocol';
import Type from 'typebox';
import { type ReadTimeline, readEventFilter } from '../../../services/timeline/index.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const mostEvents = 1000;

/** GET /rooms/{roomId}/context/{eventId} (specification, "Event context"). */
export const getEventContext = (timeline: ReadTimeline) =>
  endpoint({
    method: 'GET',
    path: '/v3/rooms/:roomId/context/:eventId',
    auth: 'guest',
    query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 0 })), filter: OptionalText }),
    async handle({ requester, params: { roomId, eventId }, query }) {
      const filter = readEventFilter(query.filter);
      const limit = clampLimit(query.limit ?? filter.limit, { fallback: 10, max: mostEvents });
      return timeline.context({ requester, roomId, eventId, limit, filter });
    },
  });
