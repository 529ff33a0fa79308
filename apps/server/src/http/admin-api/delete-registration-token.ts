import type { AdminTokens } from '../../services/admin/registration-tokens.ts';
import { endpoint } from '../endpoint.ts';

/** DELETE /_sotto/admin/v1/registration-tokens/{token}: takes back a token or an invite link. */
export const deleteRegistrationToken = (tokens: AdminTokens) =>
  endpoint({
    method: 'DELETE',
    path: '/_sotto/admin/v1/registration-tokens/:token',
    auth: 'admin',
    async handle({ requester, params }) {
      await tokens.remove(requester.userId, params.token);
      return {};
    },
  });
