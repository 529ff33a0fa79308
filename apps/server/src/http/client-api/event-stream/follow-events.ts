import { clampLimit, MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { FollowEvents } from '../../../services/event-stream/index.ts';
import { parseToken } from '../../../services/sync/index.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const Query = Type.Object({
  from: OptionalText,
  timeout: Type.Optional(Type.Integer({ minimum: 0 })),
  room_id: OptionalText,
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
});

/** Who does not say how long waits less than any client or proxy in between would. */
const usualPollMs = 10_000;
/** Proxies in between often end a request after a minute. */
const longestPollMs = 55_000;

/** GET /events, of all of one's rooms or of one that everybody may read (specification, "Room previews"; deprecated). */
export const followEvents = (follow: FollowEvents, newest: () => number) =>
  endpoint({
    method: 'GET',
    path: '/v3/events',
    auth: 'guest',
    query: Query,
    async handle({ requester, query, signal }) {
      const roomId = query.room_id || undefined;
      if (requester.isGuest && roomId === undefined)
        throw new MatrixError('M_GUEST_ACCESS_FORBIDDEN', 'Guests listen to one room, by room_id.');
      return follow({
        requester,
        from: query.from ? parseToken(query.from, newest()) : undefined,
        timeoutMs: Math.min(query.timeout ?? usualPollMs, longestPollMs),
        limit: clampLimit(query.limit, { fallback: 100, max: 100 }),
        roomId,
        signal,
      });
    },
  });
