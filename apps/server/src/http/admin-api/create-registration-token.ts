import Type from 'typebox';
import type { AdminTokens } from '../../services/admin/registration-tokens.ts';
import { endpoint } from '../endpoint.ts';
import { OptionalText } from '../schemas.ts';

const Body = Type.Object({
  token: OptionalText,
  uses_allowed: Type.Optional(Type.Integer({ minimum: 1 })),
  expires_at: Type.Optional(Type.Integer({ minimum: 0 })),
  makes_admin: Type.Optional(Type.Boolean()),
});

/** POST /_sotto/admin/v1/registration-tokens: a token with which people register, and the link that carries it. */
export const createRegistrationToken = (tokens: AdminTokens) =>
  endpoint({
    method: 'POST',
    path: '/_sotto/admin/v1/registration-tokens',
    auth: 'admin',
    body: Body,
    handle: ({
      requester,
      body: { token, uses_allowed: usesAllowed, expires_at: expiresAtMs, makes_admin: makesAdmin },
    }) => tokens.create(requester.userId, { token, usesAllowed, expiresAtMs, makesAdmin }),
  });
