import { MatrixError } from '@sotto/protocol';
import type { AccountDataService } from '../../../services/account-data/index.ts';
import { RawJson } from '../../../services/raw-json.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /user/{userId}/rooms/{roomId}/account_data/{type} (specification, "Client Config"). */
export const getRoomAccountData = (accountData: AccountDataService) =>
  endpoint({
    method: 'GET',
    path: '/v3/user/:userId/rooms/:roomId/account_data/:type',
    auth: 'guest',
    async handle({ requester, params: { userId, roomId, type } }) {
      if (userId !== requester.userId) throw new MatrixError('M_FORBIDDEN', 'Only your own account data can be read.');
      return new RawJson(await accountData.get({ userId, roomId, type }));
    },
  });
