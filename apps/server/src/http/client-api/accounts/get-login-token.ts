import Type from 'typebox';
import type { Accounts } from '../../../services/accounts/index.ts';
import { endpoint } from '../../endpoint.ts';
import { Auth } from '../../schemas.ts';

/** POST /login/get_token (specification, "Login"): logs another device in without a password there. */
export const getLoginToken = ({ confirmIdentity, purposeTokens }: Accounts) =>
  endpoint({
    method: 'POST',
    path: '/v1/login/get_token',
    aliases: ['/unstable/org.matrix.msc3882/login/token'],
    auth: 'user',
    limit: 'login',
    body: Type.Object({ auth: Auth }),
    async handle({ requester, body, address }) {
      await confirmIdentity({ requester, auth: body.auth, operation: 'POST /login/get_token', address });
      const { token, expiresInMs } = await purposeTokens.forLogin(requester.userId);
      return { login_token: token, expires_in_ms: expiresInMs };
    },
  });
