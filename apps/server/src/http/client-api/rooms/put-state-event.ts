import type { DelayedEvents } from '../../../services/delayed-events/index.ts';
import type { Sending } from '../../../services/timeline/index.ts';
import { readDelay } from '../../delay.ts';
import { endpoint } from '../../endpoint.ts';
import { eventTime } from '../../event-time.ts';
import { AnyObject } from '../../schemas.ts';

/** PUT /rooms/{roomId}/state/{eventType}/{stateKey} (specification, "Sending events to a room"); the empty key may be left out. */
export const putStateEvent = (sending: Sending, delayedEvents: DelayedEvents) =>
  endpoint({
    method: 'PUT',
    path: '/v3/rooms/:roomId/state/:eventType/:stateKey',
    aliases: ['/v3/rooms/:roomId/state/:eventType'],
    auth: 'guest',
    isRefusedWhenSuspended: true,
    body: AnyObject,
    async handle({ requester, params: { roomId, eventType: type, stateKey = '' }, body: content, query }) {
      const event = { requester, roomId, type, stateKey, content, ...eventTime(requester, query.ts) };
      const delayMs = readDelay(query);
      if (delayMs !== undefined) return { delay_id: await delayedEvents.schedule({ ...event, delayMs }) };
      return { event_id: await sending.setState(event) };
    },
  });
