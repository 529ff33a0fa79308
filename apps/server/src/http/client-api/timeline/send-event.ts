import type { DelayedEvents } from '../../../services/delayed-events/index.ts';
import type { Sending } from '../../../services/timeline/index.ts';
import { readDelay } from '../../delay.ts';
import { endpoint } from '../../endpoint.ts';
import { eventTime } from '../../event-time.ts';
import { AnyObject } from '../../schemas.ts';

/** PUT /rooms/{roomId}/send/{eventType}/{txnId} (specification, "Sending events to a room"). */
export const sendEvent = (sending: Sending, delayedEvents: DelayedEvents) =>
  endpoint({
    method: 'PUT',
    path: '/v3/rooms/:roomId/send/:eventType/:txnId',
    auth: 'guest',
    isRefusedWhenSuspended: true,
    body: AnyObject,
    async handle({ requester, params: { roomId, eventType: type, txnId: transactionId }, body: content, query }) {
      const event = { requester, roomId, type, content, transactionId, ...eventTime(requester, query.ts) };
      const delayMs = readDelay(query);
      if (delayMs !== undefined) return { delay_id: await delayedEvents.schedule({ ...event, delayMs }) };
      return { event_id: await sending.sendEvent(event) };
    },
  });

/** POST /rooms/{roomId}/send/{eventType}, from before transaction ids: each call is one event. Old bots still send so. */
export const sendEventEachTime = (sending: Sending) =>
  endpoint({
    method: 'POST',
    path: '/v3/rooms/:roomId/send/:eventType',
    auth: 'guest',
    isRefusedWhenSuspended: true,
    body: AnyObject,
    async handle({ requester, params: { roomId, eventType: type }, body: content, query }) {
      const event = { requester, roomId, type, content, ...eventTime(requester, query.ts) };
      return { event_id: await sending.sendEvent(event) };
    },
  });
