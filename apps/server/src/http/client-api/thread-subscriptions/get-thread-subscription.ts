import type { ThreadSubscriptions } from '../../../services/thread-subscriptions/index.ts';
import { endpoint } from '../../endpoint.ts';
import { subscriptionPath, threadPlace } from './thread-place.ts';

/** GET …/rooms/{roomId}/thread/{eventId}/subscription (MSC4306). */
export const getThreadSubscription = (subscriptions: ThreadSubscriptions) =>
  endpoint({
    method: 'GET',
    path: subscriptionPath,
    auth: 'user',
    handle: async ({ requester, params }) => subscriptions.get(threadPlace(requester, params)),
  });
