import { MatrixError } from '@sotto/protocol';
import type { AccountDataService } from '../../../services/account-data/index.ts';
import { endpoint } from '../../endpoint.ts';
import { AnyObject } from '../../schemas.ts';

/** Types that have endpoints of their own (specification, "Client Config"). */
export const managedTypes: ReadonlySet<string> = new Set(['m.push_rules', 'm.fully_read']);

/** PUT /user/{userId}/account_data/{type} (specification, "Client Config"). */
export const putAccountData = (accountData: AccountDataService) =>
  endpoint({
    method: 'PUT',
    path: '/v3/user/:userId/account_data/:type',
    auth: 'guest',
    body: AnyObject,
    async handle({ requester, params: { userId, type }, body }) {
      if (userId !== requester.userId)
        throw new MatrixError('M_FORBIDDEN', 'Only your own account data can be changed.');
      if (managedTypes.has(type))
        throw new MatrixError('M_BAD_JSON', `${type} has an endpoint of its own.`, { status: 405 });
      await accountData.set({ userId, roomId: '', type }, body);
      return {};
    },
  });
