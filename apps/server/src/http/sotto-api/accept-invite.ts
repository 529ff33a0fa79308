import type { Invites } from '../../services/invites/index.ts';
import { endpoint } from '../endpoint.ts';

/** POST /_sotto/client/v1/invites/{token}/accept: be invited to the link's room. */
export const acceptInvite = (invites: Invites) =>
  endpoint({
    method: 'POST',
    path: '/_sotto/client/v1/invites/:token/accept',
    auth: 'user',
    handle: ({ requester, params }) => invites.accept(params.token, requester.userId),
  });
