import { MatrixError } from '@sotto/protocol';
import type { PurposeTokens } from '../../../services/accounts/purpose-tokens.ts';
import { endpoint } from '../../endpoint.ts';
import { AnyObject } from '../../schemas.ts';

/** POST /user/{userId}/openid/request_token (specification, "OpenID"): shows a third party who somebody is. */
export const requestOpenIdToken = (purposeTokens: PurposeTokens, serverName: string) =>
  endpoint({
    method: 'POST',
    path: '/v3/user/:userId/openid/request_token',
    auth: 'user',
    // Nothing in it means anything yet.
    body: AnyObject,
    async handle({ requester, params: { userId } }) {
      if (userId !== requester.userId) throw new MatrixError('M_FORBIDDEN', 'A token can be had for oneself only.');
      const { token, expiresInMs } = await purposeTokens.forOpenId(userId);
      return {
        access_token: token,
        token_type: 'Bearer',
        matrix_server_name: serverName,
        expires_in: expiresInMs / 1000,
      };
    },
  });
