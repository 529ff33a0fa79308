import { endpoint } from '../../endpoint.ts';

/**
 * GET /retention/configuration (MSC1763): how long messages are kept in rooms that do not say themselves, so that clients
 * forget them too. Rooms may say what they like.
 * @param keptMs in milliseconds; for ever, when it is left out
 */
export const getRetention = (keptMs: number | undefined) =>
  endpoint({
    method: 'GET',
    path: '/unstable/org.matrix.msc1763/retention/configuration',
    auth: 'guest',
    handle: async () => ({ policies: keptMs === undefined ? {} : { '*': { max_lifetime: keptMs } }, limits: {} }),
  });
