import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { followThread } from './follow-thread.ts';
import { getThreadSubscription } from './get-thread-subscription.ts';
import { listThreadSubscriptions } from './list-thread-subscriptions.ts';
import { unfollowThread } from './unfollow-thread.ts';

/** Following threads (MSC4306), and what changed about that (MSC4308). */
export function threadSubscriptionRoutes({ threadSubscriptions, newest }: Services): Endpoint[] {
  return [
    getThreadSubscription(threadSubscriptions),
    followThread(threadSubscriptions),
    unfollowThread(threadSubscriptions),
    listThreadSubscriptions(threadSubscriptions, newest),
  ];
}
