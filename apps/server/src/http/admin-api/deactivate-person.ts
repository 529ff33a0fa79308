import Type from 'typebox';
import type { AdminPeople } from '../../services/admin/people.ts';
import { endpoint } from '../endpoint.ts';

/** POST /_sotto/admin/v1/people/{userId}/deactivate: ends an account for good, as its owner could. */
export const deactivatePerson = (people: AdminPeople) =>
  endpoint({
    method: 'POST',
    path: '/_sotto/admin/v1/people/:userId/deactivate',
    auth: 'admin',
    body: Type.Object({ erase: Type.Optional(Type.Boolean()) }),
    async handle({ requester, params: { userId }, body }) {
      await people.deactivate(requester.userId, { userId, isErased: body.erase ?? false });
      return {};
    },
  });
