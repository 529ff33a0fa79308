import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { EmailPurpose, EmailValidations } from '../../../services/accounts/email-validations.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const Body = Type.Object({
  client_secret: Type.String(),
  email: Type.String(),
  send_attempt: Type.Integer({ minimum: 0 }),
  next_link: OptionalText,
});

const bases = [
  ['register', '/v3/register'],
  ['add', '/v3/account/3pid'],
  ['reset', '/v3/account/password'],
] as const;

/** POST …/email/requestToken, to register, to add an address, to set a new password (specification, "Account registration" …). */
export const requestEmailTokens = (validations: EmailValidations): Endpoint[] =>
  bases.map(([purpose, base]) => requestEmailToken(validations, purpose, base));

const requestEmailToken = (validations: EmailValidations, purpose: EmailPurpose, base: string) =>
  endpoint({
    method: 'POST',
    path: `${base}/email/requestToken`,
    // Nobody needs to be logged in for it (matrix-js-sdk sends no token), but only whoever is learns that an address is
    // taken; by mail its owner learns of it in any case.
    auth: purpose === 'add' ? 'optional' : 'none',
    limit: 'mail',
    body: Body,
    async handle({ requester, body }) {
      const { client_secret: clientSecret, email, send_attempt: sendAttempt, next_link: nextLink } = body;
      const isLoggedIn = requester !== undefined;
      return { sid: await validations.request({ purpose, email, clientSecret, sendAttempt, nextLink, isLoggedIn }) };
    },
  });

/** POST …/msisdn/requestToken: this server sends no text messages. */
export const requestPhoneTokens = (): Endpoint[] =>
  bases.map(([purpose, base]) =>
    endpoint({
      method: 'POST',
      path: `${base}/msisdn/requestToken`,
      auth: 'none',
      limit: 'mail',
      async handle() {
        if (purpose === 'add')
          throw new MatrixError('M_THREEPID_MEDIUM_NOT_SUPPORTED', 'Phone numbers can not be added here.');
        throw new MatrixError('M_THREEPID_DENIED', 'This server sends no text messages.');
      },
    }),
  );
