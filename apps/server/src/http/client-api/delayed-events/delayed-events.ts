import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { DelayedAction, DelayedEvents } from '../../../services/delayed-events/delayed-events.ts';
import { endpoint } from '../../endpoint.ts';
import { eventTime } from '../../event-time.ts';
import { AnyObject, OptionalText } from '../../schemas.ts';

const prefix = '/unstable/org.matrix.msc4140';

/** PUT /rooms/{roomId}/delayed_event/{eventType}/{txnId} (MSC4140). */
export const scheduleEvent = (delayedEvents: DelayedEvents) =>
  endpoint({
    method: 'PUT',
    path: `${prefix}/rooms/:roomId/delayed_event/:eventType/:txnId`,
    auth: 'guest',
    isRefusedWhenSuspended: true,
    body: Type.Object({
      // The name of today's proposal, and that of earlier ones.
      delay_ms: Type.Optional(Type.Number()),
      delay: Type.Optional(Type.Number()),
      state_key: OptionalText,
      content: AnyObject,
    }),
    async handle({ requester, params: { roomId, eventType: type, txnId: transactionId }, body, query }) {
      const { delay_ms: delayMs = body.delay, state_key: stateKey, content } = body;
      if (delayMs === undefined) throw new MatrixError('M_BAD_JSON', 'The body must have delay_ms.');
      const draft = { requester, roomId, type, stateKey, content, delayMs, transactionId };
      return { delay_id: await delayedEvents.schedule({ ...draft, ...eventTime(requester, query.ts) }) };
    },
  });

/** POST /delayed_events/{delayId}/{action} (MSC4140): the id is all that is needed, so that it can be handed on. */
export const manageDelayedEvent = (delayedEvents: DelayedEvents, action: DelayedAction) =>
  endpoint({
    method: 'POST',
    path: `${prefix}/delayed_events/:delayId/${action}`,
    auth: 'none',
    limit: 'message',
    async handle({ params: { delayId } }) {
      await delayedEvents.manage(delayId, action);
      return {};
    },
  });

/** POST /delayed_events/{delayId}: the same with the action in the body, as older clients do. */
export const manageDelayedEventByBody = (delayedEvents: DelayedEvents) =>
  endpoint({
    method: 'POST',
    path: `${prefix}/delayed_events/:delayId`,
    auth: 'none',
    limit: 'message',
    body: Type.Object({ action: OptionalText }),
    async handle({ params: { delayId }, body: { action } }) {
      if (action === undefined) throw new MatrixError('M_MISSING_PARAM', 'The body must have action.');
      if (action !== 'send' && action !== 'cancel' && action !== 'restart')
        throw new MatrixError('M_INVALID_PARAM', 'The action is send, cancel or restart.');
      await delayedEvents.manage(delayId, action);
      return {};
    },
  });

/** GET /delayed_events/{delayId} (MSC4140). */
export const getDelayedEvent = (delayedEvents: DelayedEvents) =>
  endpoint({
    method: 'GET',
    path: `${prefix}/delayed_events/:delayId`,
    auth: 'guest',
    handle: ({ requester, params: { delayId } }) => delayedEvents.get(requester.userId, delayId),
  });
