import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { Accounts } from '../../services/accounts/index.ts';
import { endpoint } from '../endpoint.ts';
import { Auth } from '../schemas.ts';

const Body = Type.Object({
  new_password: Type.Optional(Type.String()),
  logout_devices: Type.Optional(Type.Boolean()),
  auth: Auth,
});

/** POST /account/password (specification, "Password management"): with the old password, or by mail when it is forgotten. */
export const changePassword = (accounts: Accounts) =>
  endpoint({
    method: 'POST',
    path: '/v3/account/password',
    auth: 'optional',
    limit: 'login',
    body: Body,
    async handle({ requester, body, address }) {
      const operation = 'POST /account/password';
      if (requester === undefined) throw new MatrixError('M_MISSING_TOKEN', 'An access token is needed.');
      if (requester.isGuest) throw new MatrixError('M_GUEST_ACCESS_FORBIDDEN', 'Guests have no password.');
      await accounts.confirmIdentity({ requester, auth: body.auth, operation, address });
      if (body.new_password === undefined) throw new MatrixError('M_MISSING_PARAM', 'A new password is needed.');
      await accounts.changePassword({
        userId: requester.userId,
        newPassword: body.new_password,
        logoutDevices: body.logout_devices ?? true,
        keepDeviceId: requester.deviceId,
      });
      return {};
    },
  });
