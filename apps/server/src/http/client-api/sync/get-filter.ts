import { MatrixError } from '@sotto/protocol';
import type { AccountDataService } from '../../../services/account-data/index.ts';
import { RawJson } from '../../../services/raw-json.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /user/{userId}/filter/{filterId} (specification, "Filtering"). */
export const getFilter = (accountData: AccountDataService) =>
  endpoint({
    method: 'GET',
    path: '/v3/user/:userId/filter/:filterId',
    auth: 'guest',
    async handle({ requester, params: { userId, filterId } }) {
      if (userId !== requester.userId) throw new MatrixError('M_FORBIDDEN', 'Only your own filters can be read.');
      return new RawJson(await accountData.getFilter(userId, filterId));
    },
  });
