import Type from 'typebox';
import type { AdminPeople } from '../../services/admin/people.ts';
import { endpoint } from '../endpoint.ts';

/** PUT /_sotto/admin/v1/people/{userId}/admin: makes somebody an admin, or no longer. The last one stays. */
export const setAdmin = (people: AdminPeople) =>
  endpoint({
    method: 'PUT',
    path: '/_sotto/admin/v1/people/:userId/admin',
    auth: 'admin',
    body: Type.Object({ is_admin: Type.Boolean() }),
    async handle({ requester, params: { userId }, body }) {
      await people.setAdmin(requester.userId, { userId, isAdmin: body.is_admin });
      return {};
    },
  });
