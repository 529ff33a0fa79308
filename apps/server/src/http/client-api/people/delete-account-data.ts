import { MatrixError } from '@sotto/protocol';
import type { AccountDataService } from '../../../services/account-data/index.ts';
import { endpoint } from '../../endpoint.ts';
import { managedTypes } from './put-account-data.ts';

function check(requesterId: string, { userId, type }: { userId: string; type: string }): void {
  if (userId !== requesterId) throw new MatrixError('M_FORBIDDEN', 'Only your own account data can be changed.');
  if (managedTypes.has(type))
    throw new MatrixError('M_BAD_JSON', `${type} has an endpoint of its own.`, { status: 405 });
}

/** DELETE …/account_data/{type} (MSC3391). */
export const deleteAccountData = (accountData: AccountDataService) =>
  endpoint({
    method: 'DELETE',
    path: '/unstable/org.matrix.msc3391/user/:userId/account_data/:type',
    auth: 'guest',
    async handle({ requester, params }) {
      check(requester.userId, params);
      await accountData.set({ ...params, roomId: '' }, {});
      return {};
    },
  });

/** DELETE …/rooms/{roomId}/account_data/{type} (MSC3391). */
export const deleteRoomAccountData = (accountData: AccountDataService) =>
  endpoint({
    method: 'DELETE',
    path: '/unstable/org.matrix.msc3391/user/:userId/rooms/:roomId/account_data/:type',
    auth: 'guest',
    async handle({ requester, params }) {
      check(requester.userId, params);
      await accountData.set(params, {});
      return {};
    },
  });
