import { MatrixError } from '@sotto/protocol';
import type { AccountDataService } from '../../../services/account-data/index.ts';
import type { PushRules } from '../../../services/push/index.ts';
import { RawJson } from '../../../services/raw-json.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /user/{userId}/account_data/{type} (specification, "Client Config"). */
export const getAccountData = (accountData: AccountDataService, pushRules: PushRules) =>
  endpoint({
    method: 'GET',
    path: '/v3/user/:userId/account_data/:type',
    auth: 'guest',
    async handle({ requester, params: { userId, type } }) {
      if (userId !== requester.userId) throw new MatrixError('M_FORBIDDEN', 'Only your own account data can be read.');
      if (type === 'm.push_rules') return { global: await pushRules.get(userId) };
      return new RawJson(await accountData.get({ userId, roomId: '', type }));
    },
  });
