import type { Pushers } from '../../../services/push/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /pushers (specification, "Push Notifications"). */
export const getPushers = (pushers: Pushers) =>
  endpoint({
    method: 'GET',
    path: '/v3/pushers',
    auth: 'user',
    handle: async ({ requester }) => ({ pushers: await pushers.list(requester.userId) }),
  });
