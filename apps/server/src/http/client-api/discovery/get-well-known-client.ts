import { endpoint } from '../../endpoint.ts';

/** GET /.well-known/matrix/client (specification, "Server Discovery"). */
export const getWellKnownClient = (publicUrl: () => string) =>
  endpoint({
    method: 'GET',
    path: '/.well-known/matrix/client',
    auth: 'none',
    limit: 'none',
    handle: async () => ({ 'm.homeserver': { base_url: publicUrl() } }),
  });
