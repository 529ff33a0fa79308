import Type from 'typebox';
import type { AdminPeople } from '../../services/admin/people.ts';
import { endpoint } from '../endpoint.ts';
import { OptionalText } from '../schemas.ts';

/** POST /_sotto/admin/v1/people/{userId}/sign-out: ends one login, or all. */
export const signOutPerson = (people: AdminPeople) =>
  endpoint({
    method: 'POST',
    path: '/_sotto/admin/v1/people/:userId/sign-out',
    auth: 'admin',
    body: Type.Object({ device_id: OptionalText }),
    async handle({ requester, params: { userId }, body }) {
      await people.signOut(requester.userId, { userId, deviceId: body.device_id });
      return {};
    },
  });
