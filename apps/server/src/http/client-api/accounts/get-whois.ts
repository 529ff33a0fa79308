import { MatrixError } from '@sotto/protocol';
import type { Devices } from '../../../services/devices/index.ts';
import { endpoint } from '../../endpoint.ts';

/**
 * GET /admin/whois/{userId} (specification, "Server administration"): when each session was last seen. From where is
 * never kept, so it isn't told.
 */
export const getWhois = (devices: Devices) =>
  endpoint({
    method: 'GET',
    path: '/v3/admin/whois/:userId',
    auth: 'user',
    async handle({ requester, params: { userId } }) {
      if (!requester.isAdmin && requester.userId !== userId)
        throw new MatrixError('M_FORBIDDEN', 'Only an admin may see the sessions of others.');
      const entries = (await devices.list(userId)).map(
        ({ deviceId, lastSeenAtMs }) =>
          [deviceId, { sessions: [{ connections: [{ last_seen: lastSeenAtMs }] }] }] as const,
      );
      return { user_id: userId, devices: Object.fromEntries(entries) };
    },
  });
