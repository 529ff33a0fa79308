import Type from 'typebox';
import type { Registration } from '../../../services/accounts/register.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /register/available (specification, "Account registration"). */
export const checkUsername = (registration: Registration) =>
  endpoint({
    method: 'GET',
    path: '/v3/register/available',
    auth: 'none',
    limit: 'registration',
    query: Type.Object({ username: Type.String() }),
    async handle({ query }) {
      await registration.checkAvailable(query.username);
      return { available: true };
    },
  });
