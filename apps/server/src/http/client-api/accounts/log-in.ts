import { isDeviceId, MatrixError } from '@sotto/protocol';
import Type, { type Static } from 'typebox';
import type { GivenPassword, Identifier, Logins } from '../../../services/accounts/log-in.ts';
import type { AppserviceAccounts } from '../../../services/appservices/index.ts';
import { tokenOf } from '../../authenticate.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';
import { loginAnswer } from './login-answer.ts';

const Body = Type.Object({
  type: Type.String(),
  identifier: Type.Optional(
    Type.Object({ type: OptionalText, user: OptionalText, medium: OptionalText, address: OptionalText }),
  ),
  user: OptionalText,
  medium: OptionalText,
  address: OptionalText,
  password: OptionalText,
  token: OptionalText,
  device_id: OptionalText,
  initial_device_display_name: OptionalText,
  refresh_token: Type.Optional(Type.Boolean()),
});

/** POST /login (specification, "Login"). */
export const logIn = (logins: Logins, serverName: string, appservices: AppserviceAccounts) =>
  endpoint({
    method: 'POST',
    path: '/v3/login',
    auth: 'none',
    limit: 'login',
    body: Body,
    async handle({ body, address, headers, query }) {
      const { device_id: deviceId, initial_device_display_name: displayName, refresh_token: wantsRefreshToken } = body;
      if (deviceId !== undefined && !isDeviceId(deviceId))
        throw new MatrixError('M_INVALID_PARAM', 'This cannot be the id of a device.');
      const device = { deviceId, displayName, wantsRefreshToken };
      if (body.type === 'm.login.application_service') {
        const token = tokenOf({ authorization: headers.authorization, query });
        const { userId, ...login } = await appservices.logIn(token, userNameOf(body), device);
        return loginAnswer(userId, login, serverName);
      }
      if (body.type === 'm.login.token') {
        if (body.token === undefined) throw new MatrixError('M_MISSING_PARAM', 'The login token is needed.');
        const { userId, ...login } = await logins.logInByToken(body.token, device);
        return loginAnswer(userId, login, serverName);
      }
      const { userId, ...login } = await logins.logInByPassword({ ...passwordOf(body), from: address }, device);
      return loginAnswer(userId, login, serverName);
    },
  });

function passwordOf(body: Static<typeof Body>): Omit<GivenPassword, 'from'> {
  if (body.type !== 'm.login.password')
    throw new MatrixError('M_UNKNOWN', 'This way to log in is not offered here.', { status: 400 });
  if (body.password === undefined) throw new MatrixError('M_MISSING_PARAM', 'A password is needed.');
  return { who: identifierOf(body), password: body.password };
}

/** Whom an application service wants to log in. */
function userNameOf(body: Static<typeof Body>): string {
  const who = identifierOf(body);
  if ('user' in who) return who.user;
  throw new MatrixError('M_INVALID_PARAM', 'An application service names a person by the user name.');
}

/** The forms of today and those of old clients (specification, "Identifier types"). */
function identifierOf(body: Static<typeof Body>): Identifier {
  const { identifier } = body;
  const type = identifier?.type;
  if (type === 'm.id.phone') throw new MatrixError('M_FORBIDDEN', 'The user name or the password is wrong.');
  if (type !== undefined && type !== 'm.id.user' && type !== 'm.id.thirdparty')
    throw new MatrixError('M_UNKNOWN', 'This way to name an account is not known here.', { status: 400 });
  const { medium, address, user } = identifier ?? body;
  if (type !== 'm.id.user' && medium !== undefined && address !== undefined) return { medium, address };
  const name = type === 'm.id.thirdparty' ? undefined : (user ?? body.user);
  if (name === undefined) throw new MatrixError('M_MISSING_PARAM', 'A user name is needed.');
  return { user: name };
}
