import Type from 'typebox';
import type { Moderation, Restriction } from '../../../services/accounts/moderation.ts';
import type { AdminPeople } from '../../../services/admin/people.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';

/** GET and PUT /admin/lock/{userId} and /admin/suspend/{userId} (specification, "Server administration"). */
export function moderateAccount(moderation: Moderation, people: AdminPeople): Endpoint[] {
  const define = (verb: 'lock' | 'suspend', restriction: Restriction) => {
    const path = `/v1/admin/${verb}/:userId` as const;
    return [
      endpoint({
        method: 'GET',
        path,
        auth: 'admin',
        handle: async ({ params: { userId } }) => ({ [restriction]: await moderation.get(userId, restriction) }),
      }),
      endpoint({
        method: 'PUT',
        path,
        auth: 'admin',
        body: Type.Object({ [restriction]: Type.Boolean() }),
        async handle({ requester, params: { userId }, body }) {
          const isSet = body[restriction] === true;
          await people.restrict(requester.userId, { userId, restriction, isSet });
          return { [restriction]: isSet };
        },
      }),
    ];
  };
  return [...define('lock', 'locked'), ...define('suspend', 'suspended')];
}
