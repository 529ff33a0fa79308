/**
 * Accounts: who may be known here, and how they prove it. Passwords, tokens, registration, logins, user-interactive
 * authentication, and the end of an account. Imports `store/` and `log/`; `mail/` and `quotas/`
 * are given to it.
 */
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import type { Quotas } from '../quotas/index.ts';
import type { RandomText } from '../random-text.ts';
import { type AccessTokens, createAccessTokens } from './access-tokens.ts';
import { type ChangePassword, createChangePassword } from './change-password.ts';
import { type CheckStanding, createCheckStanding } from './check-standing.ts';
import { type ConfirmIdentity, createConfirmIdentity } from './confirm-identity.ts';
import { createDeactivations, type DeactivationParts, type Deactivations } from './deactivate.ts';
import { createEmailValidations, type EmailValidations, type EmailValidationsParts } from './email-validations.ts';
import { createInteractiveAuth, type InteractiveAuth } from './interactive-auth.ts';
import { createLastSeen } from './last-seen.ts';
import { createLogins, type GuessLimit, type Logins } from './log-in.ts';
import { createLogouts, type ForgetDevice, type Logouts } from './log-out.ts';
import { createModeration, type Moderation } from './moderation.ts';
import { createPasswords } from './passwords.ts';
import { createPurposeTokens, type PurposeTokens } from './purpose-tokens.ts';
import { createRefreshTokens, type RefreshTokens } from './refresh-tokens.ts';
import { createRegistration, type Registration } from './register.ts';
import { createThreepids, type Threepids } from './threepids.ts';

export interface Accounts {
  accessTokens: AccessTokens;
  checkStanding: CheckStanding;
  refreshTokens: RefreshTokens;
  purposeTokens: PurposeTokens;
  interactiveAuth: InteractiveAuth;
  confirmIdentity: ConfirmIdentity;
  changePassword: ChangePassword;
  emailValidations: EmailValidations;
  threepids: Threepids;
  logins: Logins;
  logouts: Logouts;
  moderation: Moderation;
  registration: Registration;
  deactivations: Deactivations;
  /** Writes what is remembered and stops. */
  close(): Promise<void>;
}

export interface AccountsParts
  extends Pick<DeactivationParts, 'forgetPerson' | 'hideWords' | 'leaveRoom'>,
    Pick<EmailValidationsParts, 'logging' | 'publicUrl' | 'mailer' | 'limitMails'> {
  db: Queryable;
  log: LogWriter;
  now: () => number;
  random: RandomText;
  serverName: string;
  passwordHash: { memoryKiB: number; iterations: number };
  guesses: GuessLimit;
  quotas: Pick<Quotas, 'checkDevices'>;
  forgetDevice: ForgetDevice;
  /** @throws MatrixError M_EXCLUSIVE for a name that belongs to an application service */
  checkName: (userId: string) => void;
}

export function createAccounts(parts: AccountsParts): Accounts {
  const { log, forgetDevice } = parts;
  const passwords = createPasswords(parts.passwordHash);
  const lastSeen = createLastSeen(parts);
  const accessTokens = createAccessTokens({ ...parts, lastSeen });
  const refreshTokens = createRefreshTokens({ ...parts, accessTokens });
  const purposeTokens = createPurposeTokens(parts);
  const logins = createLogins({ ...parts, accessTokens, refreshTokens, purposeTokens, passwords });
  const logouts = createLogouts({ log, accessTokens, forgetDevice });
  const interactiveAuth = createInteractiveAuth(parts);
  const emailValidations = createEmailValidations(parts);
  return {
    accessTokens,
    checkStanding: createCheckStanding(accessTokens),
    refreshTokens,
    purposeTokens,
    interactiveAuth,
    confirmIdentity: createConfirmIdentity({ interactiveAuth, logins }),
    changePassword: createChangePassword({ log, passwords, logouts }),
    emailValidations,
    threepids: createThreepids({ ...parts, validations: emailValidations }),
    logins,
    logouts,
    moderation: createModeration({ ...parts, accessTokens }),
    registration: createRegistration({ ...parts, accessTokens, logins, logouts, passwords }),
    deactivations: createDeactivations({ ...parts, logouts }),
    async close() {
      parts.mailer?.close();
      await lastSeen.close();
    },
  };
}
