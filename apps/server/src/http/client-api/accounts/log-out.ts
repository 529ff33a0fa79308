import type { Logouts } from '../../../services/accounts/log-out.ts';
import { endpoint } from '../../endpoint.ts';

/** POST /logout (specification, "Login"). */
export const logOut = (logouts: Logouts) =>
  endpoint({
    method: 'POST',
    path: '/v3/logout',
    auth: 'guest',
    isAllowedWhenLocked: true,
    async handle({ requester }) {
      await logouts.logOut(requester.userId, requester.deviceId);
      return {};
    },
  });
