import { MatrixError } from '@sotto/protocol';
import Type, { type Static } from 'typebox';
import type { Accounts } from '../../../services/accounts/index.ts';
import { emailCredentials } from '../../email-credentials.ts';
import { endpoint } from '../../endpoint.ts';
import { Auth } from '../../schemas.ts';

const Body = Type.Object({
  new_password: Type.Optional(Type.String()),
  logout_devices: Type.Optional(Type.Boolean()),
  auth: Auth,
});

const operation = 'POST /account/password';

/** POST /account/password (specification, "Password management"): with the old password, or by mail when it is forgotten. */
export const changePassword = (accounts: Accounts) =>
  endpoint({
    method: 'POST',
    path: '/v3/account/password',
    auth: 'optional',
    limit: 'login',
    body: Body,
    async handle({ requester, body, address }) {
      if (requester === undefined) return resetPassword(accounts, body);
      if (requester.isGuest) throw new MatrixError('M_GUEST_ACCESS_FORBIDDEN', 'Guests have no password.');
      await accounts.confirmIdentity({ requester, auth: body.auth, operation, address });
      const keepDeviceId = requester.deviceId;
      await accounts.changePassword({ userId: requester.userId, ...changeOf(body), keepDeviceId });
      return {};
    },
  });

/** Whoever reads the mail of an account's address may set its password. */
async function resetPassword(accounts: Accounts, body: Static<typeof Body>) {
  const { emailValidations, interactiveAuth, threepids } = accounts;
  if (!emailValidations.isOffered) throw new MatrixError('M_MISSING_TOKEN', 'An access token is needed.');
  let sid = '';
  const { completed } = await interactiveAuth.require({
    auth: body.auth,
    flows: [['m.login.email.identity']],
    operation,
    async verify(_stage, auth) {
      const credentials = emailCredentials(auth);
      const { address } = await emailValidations.proved('reset', credentials);
      sid = credentials.sid;
      return address;
    },
  });
  const userId = await threepids.ownerOf(completed.get('m.login.email.identity') as string);
  await accounts.changePassword({ userId, ...changeOf(body) });
  await emailValidations.forget(sid);
  return {};
}

function changeOf({ new_password: newPassword, logout_devices: logoutDevices = true }: Static<typeof Body>) {
  if (newPassword === undefined) throw new MatrixError('M_MISSING_PARAM', 'A new password is needed.');
  return { newPassword, logoutDevices };
}
