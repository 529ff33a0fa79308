/**
 * Accounts: who may be known here, and how they prove it. Passwords, tokens, registration, logins and user-interactive
 * authentication. Imports `store/`, `log/` and the protocol.
 */
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import type { RandomText } from '../random-text.ts';
import { type AccessTokens, createAccessTokens } from './access-tokens.ts';
import { type ConfirmIdentity, createConfirmIdentity } from './confirm-identity.ts';
import { createInteractiveAuth, type InteractiveAuth } from './interactive-auth.ts';
import { createLogins, type Logins } from './log-in.ts';
import { createLogouts, type ForgetDevice, type Logouts } from './log-out.ts';
import { createPasswords } from './passwords.ts';
import { createRegistration, type Registration } from './register.ts';

export interface Accounts {
  accessTokens: AccessTokens;
  confirmIdentity: ConfirmIdentity;
  interactiveAuth: InteractiveAuth;
  logins: Logins;
  logouts: Logouts;
  registration: Registration;
}

export interface AccountsParts {
  db: Queryable;
  log: LogWriter;
  now: () => number;
  random: RandomText;
  serverName: string;
  passwordHash: { memoryKiB: number; iterations: number };
  forgetDevice: ForgetDevice;
}

export function createAccounts(parts: AccountsParts): Accounts {
  const { log, forgetDevice } = parts;
  const passwords = createPasswords(parts.passwordHash);
  const accessTokens = createAccessTokens(parts);
  const logins = createLogins({ ...parts, accessTokens, passwords });
  const interactiveAuth = createInteractiveAuth(parts);
  return {
    accessTokens,
    confirmIdentity: createConfirmIdentity({ interactiveAuth, logins }),
    interactiveAuth,
    logins,
    logouts: createLogouts({ log, accessTokens, forgetDevice }),
    registration: createRegistration({ ...parts, logins, passwords }),
  };
}
