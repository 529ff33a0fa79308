import type { Calls } from '../../../services/calls/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /voip/turnServer (specification, "Voice over IP"). */
export const getTurnServer = (calls: Calls) =>
  endpoint({
    method: 'GET',
    path: '/v3/voip/turnServer',
    auth: 'user',
    handle: async () => calls.turnCredentials(),
  });
