import Type from 'typebox';
import type { Registration } from '../../../services/accounts/register.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /register/m.login.registration_token/validity (specification, "Token-authenticated registration"). */
export const checkRegistrationToken = (registration: Registration) =>
  endpoint({
    method: 'GET',
    path: '/v1/register/m.login.registration_token/validity',
    auth: 'none',
    limit: 'registration',
    query: Type.Object({ token: Type.String() }),
    handle: async ({ query }) => ({ valid: await registration.isTokenValid(query.token) }),
  });
