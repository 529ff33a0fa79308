import { endpoint } from '../../endpoint.ts';

/** GET /account/whoami (specification, "Current account information"). */
export const whoami = () =>
  endpoint({
    method: 'GET',
    path: '/v3/account/whoami',
    auth: 'guest',
    handle: async ({ requester: { userId, deviceId, isGuest } }) => ({
      user_id: userId,
      device_id: deviceId === '' ? undefined : deviceId,
      is_guest: isGuest,
    }),
  });
