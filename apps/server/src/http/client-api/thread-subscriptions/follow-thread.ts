import Type from 'typebox';
import type { ThreadSubscriptions } from '../../../services/thread-subscriptions/index.ts';
import { endpoint } from '../../endpoint.ts';
import { subscriptionPath, threadPlace } from './thread-place.ts';

/** PUT …/rooms/{roomId}/thread/{eventId}/subscription (MSC4306). */
export const followThread = (subscriptions: ThreadSubscriptions) =>
  endpoint({
    method: 'PUT',
    path: subscriptionPath,
    auth: 'user',
    body: Type.Object({ automatic: Type.Optional(Type.Union([Type.String({ pattern: '^\\$' }), Type.Null()])) }),
    async handle({ requester, params, body }) {
      await subscriptions.follow(threadPlace(requester, params), body.automatic ?? undefined);
      return {};
    },
  });
