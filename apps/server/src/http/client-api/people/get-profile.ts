import type { Profiles } from '../../../services/profiles/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /profile/{userId} (specification, "Profiles"). */
export const getProfile = (profiles: Profiles) =>
  endpoint({
    method: 'GET',
    path: '/v3/profile/:userId',
    aliases: ['/unstable/uk.tcpip.msc4133/profile/:userId'],
    auth: 'none',
    handle: ({ params }) => profiles.get(params.userId),
  });
