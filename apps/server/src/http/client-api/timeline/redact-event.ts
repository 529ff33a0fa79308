import type { JsonObject } from '@sotto/protocol';
import Type from 'typebox';
import type { Sending } from '../../../services/timeline/index.ts';
import { endpoint } from '../../endpoint.ts';
import { eventTime } from '../../event-time.ts';
import { OptionalText } from '../../schemas.ts';

/** PUT /rooms/{roomId}/redact/{eventId}/{txnId} (specification, "Redactions"). */
export const redactEvent = (sending: Sending) =>
  endpoint({
    method: 'PUT',
    path: '/v3/rooms/:roomId/redact/:eventId/:txnId',
    auth: 'guest',
    body: Type.Object({ reason: OptionalText }),
    async handle({ requester, params: { roomId, eventId: redacts, txnId: transactionId }, body, query }) {
      const redaction = { requester, roomId, redacts, content: body as JsonObject, transactionId };
      return { event_id: await sending.redact({ ...redaction, ...eventTime(requester, query.ts) }) };
    },
  });

/** POST /rooms/{roomId}/redact/{eventId}, from before transaction ids. */
export const redactEventEachTime = (sending: Sending) =>
  endpoint({
    method: 'POST',
    path: '/v3/rooms/:roomId/redact/:eventId',
    auth: 'guest',
    body: Type.Object({ reason: OptionalText }),
    async handle({ requester, params: { roomId, eventId: redacts }, body, query }) {
      const redaction = { requester, roomId, redacts, content: body as JsonObject };
      return { event_id: await sending.redact({ ...redaction, ...eventTime(requester, query.ts) }) };
    },
  });
