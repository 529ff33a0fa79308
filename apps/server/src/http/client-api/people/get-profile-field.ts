import type { Profiles } from '../../../services/profiles/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /profile/{userId}/{keyName} (specification, "Profiles"). */
export const getProfileField = (profiles: Profiles) =>
  endpoint({
    method: 'GET',
    path: '/v3/profile/:userId/:keyName',
    aliases: ['/unstable/uk.tcpip.msc4133/profile/:userId/:keyName'],
    auth: 'none',
    handle: async ({ params }) => ({ [params.keyName]: await profiles.getField(params.userId, params.keyName) }),
  });
