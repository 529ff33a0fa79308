import type { Logouts } from '../../../services/accounts/log-out.ts';
import { endpoint } from '../../endpoint.ts';

/** POST /logout/all (specification, "Login"). */
export const logOutAll = (logouts: Logouts) =>
  endpoint({
    method: 'POST',
    path: '/v3/logout/all',
    auth: 'guest',
    isAllowedWhenLocked: true,
    async handle({ requester }) {
      await logouts.logOutAll(requester.userId);
      return {};
    },
  });
