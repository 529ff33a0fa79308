import { isRoomId, MatrixError } from '@sotto/protocol';
import type { AccountDataService } from '../../../services/account-data/index.ts';
import { endpoint } from '../../endpoint.ts';
import { AnyObject } from '../../schemas.ts';
import { managedTypes } from './put-account-data.ts';

/** PUT /user/{userId}/rooms/{roomId}/account_data/{type} (specification, "Client Config"). */
export const putRoomAccountData = (accountData: AccountDataService) =>
  endpoint({
    method: 'PUT',
    path: '/v3/user/:userId/rooms/:roomId/account_data/:type',
    auth: 'guest',
    body: AnyObject,
    async handle({ requester, params: { userId, roomId, type }, body }) {
      if (userId !== requester.userId)
        throw new MatrixError('M_FORBIDDEN', 'Only your own account data can be changed.');
      if (!isRoomId(roomId)) throw new MatrixError('M_INVALID_PARAM', 'This is no room id.');
      if (managedTypes.has(type))
        throw new MatrixError('M_BAD_JSON', `${type} has an endpoint of its own.`, { status: 405 });
      await accountData.set({ userId, roomId, type }, body);
      return {};
    },
  });
