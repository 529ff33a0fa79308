import type { Threepids } from '../../../services/accounts/threepids.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /account/3pid (specification, "Adding Account Administrative Contact Information"). */
export const getThreepids = (threepids: Threepids) =>
  endpoint({
    method: 'GET',
    path: '/v3/account/3pid',
    auth: 'user',
    async handle({ requester }) {
      const all = await threepids.list(requester.userId);
      return {
        threepids: all.map(({ medium, address, validatedAtMs, addedAtMs }) => ({
          medium,
          address,
          validated_at: validatedAtMs,
          added_at: addedAtMs,
        })),
      };
    },
  });
