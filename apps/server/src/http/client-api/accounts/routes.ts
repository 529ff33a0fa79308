import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { authFallback } from './auth-fallback.ts';
import { changePassword } from './change-password.ts';
import { checkRegistrationToken } from './check-registration-token.ts';
import { checkUsername } from './check-username.ts';
import { deactivateAccount } from './deactivate-account.ts';
import { getLoginFlows } from './get-login-flows.ts';
import { getLoginToken } from './get-login-token.ts';
import { getOpenIdPerson } from './get-openid-person.ts';
import { getWhois } from './get-whois.ts';
import { logIn } from './log-in.ts';
import { logOut } from './log-out.ts';
import { logOutAll } from './log-out-all.ts';
import { moderateAccount } from './moderate-account.ts';
import { refresh } from './refresh-tokens.ts';
import { type RegistrationPolicy, registerAccount } from './register-account.ts';
import { requestOpenIdToken } from './request-openid-token.ts';
import { whoami } from './whoami.ts';

/** Accounts: how people come to be known here, prove it, and end it. */
export function accountRoutes(
  { accounts, admin, appservices, devices }: Services,
  policy: RegistrationPolicy,
): Endpoint[] {
  const { registration, logins, logouts, refreshTokens, purposeTokens } = accounts;
  return [
    registerAccount(accounts, policy, appservices.accounts),
    checkUsername(registration),
    checkRegistrationToken(registration),
    getLoginFlows(),
    logIn(logins, policy.serverName, appservices.accounts),
    getLoginToken(accounts),
    refresh(refreshTokens),
    logOut(logouts),
    logOutAll(logouts),
    whoami(),
    changePassword(accounts),
    ...authFallback(accounts.interactiveAuth),
    deactivateAccount(accounts),
    requestOpenIdToken(purposeTokens, policy.serverName),
    getOpenIdPerson(purposeTokens),
    getWhois(devices),
    ...moderateAccount(accounts.moderation, admin.people),
  ];
}
