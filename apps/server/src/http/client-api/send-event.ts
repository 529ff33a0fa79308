import type { Sending } from '../../services/timeline/index.ts';
import { endpoint } from '../endpoint.ts';
import { eventTime } from '../event-time.ts';
import { AnyObject } from '../schemas.ts';

/** PUT /rooms/{roomId}/send/{eventType}/{txnId} (specification, "Sending events to a room"). */
export const sendEvent = (sending: Sending) =>
  endpoint({
    method: 'PUT',
    path: '/v3/rooms/:roomId/send/:eventType/:txnId',
    auth: 'guest',
    isRefusedWhenSuspended: true,
    body: AnyObject,
    async handle({ requester, params: { roomId, eventType: type, txnId: transactionId }, body: content, query }) {
      const time = eventTime(requester, query.ts);
      return { event_id: await sending.sendEvent({ requester, roomId, type, content, transactionId, ...time }) };
    },
  });
