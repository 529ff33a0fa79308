import type { Invites } from '../../services/invites/index.ts';
import { endpoint } from '../endpoint.ts';

/** GET /_sotto/client/v1/invites/{token}: what a link promises, to whoever holds it. */
export const previewInvite = (invites: Invites) =>
  endpoint({
    method: 'GET',
    path: '/_sotto/client/v1/invites/:token',
    auth: 'none',
    limit: 'registration',
    handle: ({ params }) => invites.preview(params.token),
  });
