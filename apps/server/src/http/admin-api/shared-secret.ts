import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { SharedSecretRegistration } from '../../services/admin/shared-secret.ts';
import { loginAnswer } from '../client-api/accounts/login-answer.ts';
import { endpoint } from '../endpoint.ts';
import { OptionalText } from '../schemas.ts';

const path = '/_synapse/admin/v1/register';

const Body = Type.Object({
  nonce: Type.String(),
  username: Type.String({ minLength: 1 }),
  password: Type.String({ minLength: 1 }),
  displayname: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  admin: Type.Optional(Type.Boolean()),
  user_type: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  mac: Type.String(),
  inhibit_login: Type.Optional(Type.Boolean()),
  device_id: OptionalText,
});

/** GET /_synapse/admin/v1/register: a nonce for what follows. */
export const getSharedSecretNonce = (sharedSecret: SharedSecretRegistration) =>
  endpoint({
    method: 'GET',
    path,
    auth: 'none',
    limit: 'login',
    handle: async () => ({ nonce: sharedSecret.nonce() }),
  });

/** POST /_synapse/admin/v1/register: an account, signed with the shared secret as Synapse's admin API has it. */
export const registerBySharedSecret = (sharedSecret: SharedSecretRegistration, serverName: string) =>
  endpoint({
    method: 'POST',
    path,
    auth: 'none',
    limit: 'login',
    body: Body,
    async handle({ body }) {
      // Both would let one text be signed as another.
      if (`${body.username}${body.password}`.includes('\0'))
        throw new MatrixError('M_UNKNOWN', 'Names and passwords have no null characters.', { status: 400 });
      const { userId, login } = await sharedSecret.register({
        nonce: body.nonce,
        username: body.username,
        password: body.password,
        displayName: body.displayname ?? undefined,
        isAdmin: body.admin ?? false,
        userType: body.user_type ?? undefined,
        mac: body.mac,
        inhibitLogin: body.inhibit_login ?? false,
      });
      return loginAnswer(userId, login, serverName);
    },
  });
