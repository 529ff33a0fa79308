import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { PurposeTokens } from '../../../services/accounts/purpose-tokens.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

/** GET /_matrix/federation/v1/openid/userinfo (server-server specification, "OpenID"): asked by the third party. */
export const getOpenIdPerson = (purposeTokens: PurposeTokens) =>
  endpoint({
    method: 'GET',
    path: '/_matrix/federation/v1/openid/userinfo',
    auth: 'none',
    limit: 'read',
    query: Type.Object({ access_token: OptionalText }),
    async handle({ query: { access_token: token } }) {
      if (token === undefined || token === '') throw new MatrixError('M_MISSING_TOKEN', 'The token is missing.');
      const userId = await purposeTokens.findOpenId(token);
      if (userId === undefined) throw new MatrixError('M_UNKNOWN_TOKEN', 'The token is unknown or has expired.');
      return { sub: userId };
    },
  });
