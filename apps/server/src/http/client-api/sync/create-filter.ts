import { type JsonObject, MatrixError, SyncFilter } from '@sotto/protocol';
import type { AccountDataService } from '../../../services/account-data/index.ts';
import { endpoint } from '../../endpoint.ts';

/** POST /user/{userId}/filter (specification, "Filtering"). */
export const createFilter = (accountData: AccountDataService) =>
  endpoint({
    method: 'POST',
    path: '/v3/user/:userId/filter',
    auth: 'guest',
    body: SyncFilter,
    maxBodyBytes: 65_536,
    async handle({ requester, params: { userId }, body }) {
      if (userId !== requester.userId) throw new MatrixError('M_FORBIDDEN', 'A filter is made for oneself.');
      return { filter_id: await accountData.addFilter(userId, body as JsonObject) };
    },
  });
