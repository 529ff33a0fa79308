import { MatrixError } from '@sotto/protocol';
import type { EmailCredentials } from '../services/accounts/email-validations.ts';
import type { AuthDict } from '../services/accounts/interactive-auth.ts';

/** What an `m.login.email.identity` stage shows, in the present or the old spelling. @throws MatrixError M_MISSING_PARAM */
export function emailCredentials(auth: AuthDict): EmailCredentials {
  const { sid, client_secret: clientSecret } = (auth.threepid_creds ?? auth.threepidCreds ?? {}) as Record<
    string,
    unknown
  >;
  if (typeof sid !== 'string' || typeof clientSecret !== 'string')
    throw new MatrixError('M_MISSING_PARAM', 'threepid_creds must have sid and client_secret.');
  return { sid, clientSecret };
}
