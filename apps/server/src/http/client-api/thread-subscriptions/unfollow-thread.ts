import type { ThreadSubscriptions } from '../../../services/thread-subscriptions/index.ts';
import { endpoint } from '../../endpoint.ts';
import { subscriptionPath, threadPlace } from './thread-place.ts';

/** DELETE …/rooms/{roomId}/thread/{eventId}/subscription (MSC4306). */
export const unfollowThread = (subscriptions: ThreadSubscriptions) =>
  endpoint({
    method: 'DELETE',
    path: subscriptionPath,
    auth: 'user',
    async handle({ requester, params }) {
      await subscriptions.unfollow(threadPlace(requester, params));
      return {};
    },
  });
