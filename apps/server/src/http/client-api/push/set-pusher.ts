import type { Pushers } from '../../../services/push/index.ts';
import { endpoint } from '../../endpoint.ts';
import { AnyObject } from '../../schemas.ts';

/** POST /pushers/set (specification, "Push Notifications"). What is missing or wrong has errcodes of its own. */
export const setPusher = (pushers: Pushers) =>
  endpoint({
    method: 'POST',
    path: '/v3/pushers/set',
    auth: 'user',
    body: AnyObject,
    async handle({ requester, body }) {
      await pushers.set(requester, body);
      return {};
    },
  });
