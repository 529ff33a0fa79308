import type { Sending } from '../../services/timeline/index.ts';
import { endpoint } from '../endpoint.ts';
import { eventTime } from '../event-time.ts';
import { AnyObject } from '../schemas.ts';

/** PUT /rooms/{roomId}/state/{eventType}/{stateKey} (specification, "Sending events to a room"); the empty key may be left out. */
export const putStateEvent = (sending: Sending) =>
  endpoint({
    method: 'PUT',
    path: '/v3/rooms/:roomId/state/:eventType/:stateKey',
    aliases: ['/v3/rooms/:roomId/state/:eventType'],
    auth: 'user',
    isRefusedWhenSuspended: true,
    body: AnyObject,
    async handle({ requester, params: { roomId, eventType: type, stateKey = '' }, body: content, query }) {
      const time = eventTime(requester, query.ts);
      return { event_id: await sending.setState({ requester, roomId, type, stateKey, content, ...time }) };
    },
  });
