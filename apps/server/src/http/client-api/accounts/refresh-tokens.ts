import Type from 'typebox';
import type { RefreshTokens } from '../../../services/accounts/refresh-tokens.ts';
import { endpoint } from '../../endpoint.ts';

/** POST /refresh (specification, "Refreshing access tokens"). */
export const refresh = (refreshTokens: RefreshTokens) =>
  endpoint({
    method: 'POST',
    path: '/v3/refresh',
    auth: 'none',
    limit: 'refresh',
    body: Type.Object({ refresh_token: Type.String() }),
    async handle({ body }) {
      const { accessToken, refreshToken, expiresInMs } = await refreshTokens.refresh(body.refresh_token);
      return { access_token: accessToken, refresh_token: refreshToken, expires_in_ms: expiresInMs };
    },
  });
