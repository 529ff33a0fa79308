import Type from 'typebox';
import type { AdminPeople } from '../../services/admin/people.ts';
import { endpoint } from '../endpoint.ts';

const Body = Type.Object({ password: Type.String(), logout_devices: Type.Optional(Type.Boolean()) });

/** POST /_sotto/admin/v1/people/{userId}/password: a new password; all logins end unless `logout_devices` is false. */
export const resetPassword = (people: AdminPeople) =>
  endpoint({
    method: 'POST',
    path: '/_sotto/admin/v1/people/:userId/password',
    auth: 'admin',
    body: Body,
    async handle({ requester, params: { userId }, body }) {
      const { password, logout_devices: logoutDevices = true } = body;
      await people.resetPassword(requester.userId, { userId, password, logoutDevices });
      return {};
    },
  });
