import { endpoint } from '../endpoint.ts';

/** GET /_sotto/client/v1/me: what the app must know of the account beyond Matrix. */
export const getMe = () =>
  endpoint({
    method: 'GET',
    path: '/_sotto/client/v1/me',
    auth: 'guest',
    handle: async ({ requester: { userId, isAdmin } }) => ({ user_id: userId, is_admin: isAdmin }),
  });
