import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { Logins } from '../../services/accounts/log-in.ts';
import { endpoint } from '../endpoint.ts';
import { OptionalText } from '../schemas.ts';

const Body = Type.Object({
  type: Type.String(),
  identifier: Type.Optional(Type.Object({ type: Type.String(), user: OptionalText })),
  user: OptionalText,
  password: OptionalText,
  device_id: OptionalText,
  initial_device_display_name: OptionalText,
});

/** POST /login (specification, "Login"). */
export const logIn = (logins: Logins, serverName: string) =>
  endpoint({
    method: 'POST',
    path: '/v3/login',
    auth: 'none',
    limit: 'login',
    body: Body,
    async handle({ body }) {
      if (body.type !== 'm.login.password')
        throw new MatrixError('M_UNKNOWN', 'This way to log in is not offered here.', { status: 400 });
      const user = body.identifier?.user ?? body.user;
      if (user === undefined) throw new MatrixError('M_MISSING_PARAM', 'A user name is needed.');
      if (body.password === undefined) throw new MatrixError('M_MISSING_PARAM', 'A password is needed.');
      const userId = await logins.checkPassword(user, body.password);
      const login = await logins.logIn({
        userId,
        deviceId: body.device_id,
        displayName: body.initial_device_display_name,
      });
      return { user_id: userId, access_token: login.accessToken, device_id: login.deviceId, home_server: serverName };
    },
  });
