import { isDeviceId, MatrixError } from '@sotto/protocol';
import Type, { type Static } from 'typebox';
import { checkDeviceName } from '../../../services/accounts/device-name.ts';
import type { Accounts } from '../../../services/accounts/index.ts';
import type { AuthDict, Stage } from '../../../services/accounts/interactive-auth.ts';
import type { AppserviceAccounts } from '../../../services/appservices/index.ts';
import { tokenOf } from '../../authenticate.ts';
import { emailCredentials } from '../../email-credentials.ts';
import { endpoint } from '../../endpoint.ts';
import { Auth, OptionalText } from '../../schemas.ts';
import { loginAnswer } from './login-answer.ts';

export type RegistrationMode = 'open' | 'invite' | 'closed';

/** Registration in the mode that the operator chose: with a token, freely, or not at all. */
export interface RegistrationPolicy {
  mode: RegistrationMode;
  guestsEnabled: boolean;
  serverName: string;
}

const Body = Type.Object({
  type: OptionalText,
  auth: Auth,
  username: OptionalText,
  user: OptionalText,
  password: OptionalText,
  device_id: OptionalText,
  initial_device_display_name: OptionalText,
  inhibit_login: Type.Optional(Type.Boolean()),
  refresh_token: Type.Optional(Type.Boolean()),
  guest_access_token: OptionalText,
});
type RegisterBody = Static<typeof Body>;

const operation = 'POST /register';

/** POST /register (specification, "Account registration"). */
export const registerAccount = (accounts: Accounts, policy: RegistrationPolicy, appservices: AppserviceAccounts) =>
  endpoint({
    method: 'POST',
    path: '/v3/register',
    auth: 'none',
    limit: 'registration',
    query: Type.Object({ kind: OptionalText }),
    body: Body,
    async handle({ body, query, headers }) {
      if (body.type === 'm.login.application_service') {
        const username = body.user ?? body.username;
        const token = tokenOf({ authorization: headers.authorization, query });
        const { userId, login } = await appservices.register(token, { username, device: deviceOf(body) });
        return loginAnswer(userId, login, policy.serverName);
      }
      if (query.kind === 'guest') return registerGuest(accounts, policy, body);
      if (query.kind !== undefined && query.kind !== 'user')
        throw new MatrixError('M_UNRECOGNIZED', 'There is no such kind of account.');
      return registerPerson(accounts, policy, body);
    },
  });

async function registerGuest({ registration }: Accounts, policy: RegistrationPolicy, body: RegisterBody) {
  if (!policy.guestsEnabled) throw new MatrixError('M_FORBIDDEN', 'Guests are not let in here.');
  const device = { displayName: body.initial_device_display_name };
  const { userId, login } = await registration.register({ kind: 'guest', device });
  return loginAnswer(userId, login, policy.serverName);
}

/** What a registration keeps with its session of interactive authentication. */
interface Memory {
  given?: Partial<RegisterBody>;
  passwordHash?: string;
  /** Who was made, and their device. */
  made?: { userId: string; deviceId: string | undefined };
}

async function registerPerson(accounts: Accounts, policy: RegistrationPolicy, given: RegisterBody) {
  const { registration, interactiveAuth } = accounts;
  const memory: Memory = interactiveAuth.memoryOf(given.auth, operation) ?? {};
  // The first request says all; those that complete a stage may leave it out.
  const body: RegisterBody = { ...memory.given, ...given };
  if (memory.made !== undefined) return repeatAnswer(accounts, policy, { body, made: memory.made });
  if (policy.mode === 'closed' && !(await registration.isFirst()))
    throw new MatrixError('M_FORBIDDEN', 'Registration is closed here.');
  const { username, guest_access_token: guestToken } = body;
  if (guestToken !== undefined) await registration.checkGuest(username ?? '', guestToken);
  else if (username !== undefined) await registration.checkAvailable(username);
  const device = deviceOf(body);
  const { password } = body;
  const passwordHash = password === undefined ? memory.passwordHash : await registration.hashPassword(password);

  const session = await interactiveAuth.require({
    auth: given.auth as AuthDict | undefined,
    flows: flowsOf(policy.mode, accounts.emailValidations.isOffered),
    operation,
    isRepeatable: true,
    remember: { given: kept(body), passwordHash },
    verify: (stage, auth) => verifyStage(accounts, stage, auth),
  });
  if (passwordHash === undefined) throw new MatrixError('M_MISSING_PARAM', 'A password is needed.');
  const registrationToken = session.completed.get('m.login.registration_token') as string | undefined;
  const email = session.completed.get('m.login.email.identity') as string | undefined;
  const account = { kind: 'user' as const, username, passwordHash, guestToken, registrationToken, email, device };
  const { userId, login } = await registration.register(account);
  session.memory.made = { userId, deviceId: login?.deviceId };
  return loginAnswer(userId, login, policy.serverName);
}

/** Whoever repeats a finished registration, because its answer got lost, gets a login of the account that was made. */
async function repeatAnswer(
  { logins }: Accounts,
  { serverName }: RegistrationPolicy,
  { body, made: { userId, deviceId } }: { body: RegisterBody; made: NonNullable<Memory['made']> },
) {
  const login = deviceId === undefined ? undefined : await logins.logIn({ ...deviceOf(body), userId, deviceId });
  return loginAnswer(userId, login, serverName);
}

/** What of the first request serves those that follow: sessions of strangers lie in memory, so nothing else is kept. */
function kept(body: RegisterBody): Partial<RegisterBody> {
  const { username, device_id, initial_device_display_name, inhibit_login, refresh_token, guest_access_token } = body;
  return { username, device_id, initial_device_display_name, inhibit_login, refresh_token, guest_access_token };
}

async function verifyStage({ registration, emailValidations }: Accounts, stage: Stage, auth: AuthDict) {
  if (stage === 'm.login.email.identity') {
    const { address } = await emailValidations.proved('register', emailCredentials(auth));
    return address;
  }
  if (stage !== 'm.login.registration_token') return undefined;
  const token = typeof auth.token === 'string' ? auth.token : '';
  if (await registration.isTokenValid(token)) return token;
  throw new MatrixError('M_UNAUTHORIZED', 'This invitation is used up or unknown.');
}

function deviceOf(body: RegisterBody) {
  if (body.inhibit_login === true) return undefined;
  const { device_id: deviceId, initial_device_display_name: displayName, refresh_token: wantsRefreshToken } = body;
  if (deviceId !== undefined && !isDeviceId(deviceId))
    throw new MatrixError('M_INVALID_PARAM', 'This cannot be the id of a device.');
  checkDeviceName(displayName);
  return { deviceId, displayName, wantsRefreshToken };
}

/** Where mail can be sent, an address may be given with each. */
function flowsOf(mode: RegistrationMode, sendsMail: boolean): Stage[][] {
  const token: Stage[][] = [['m.login.registration_token']];
  // Also when closed: the first-run link must make the first admin.
  const flows: Stage[][] = mode === 'open' ? [['m.login.dummy'], ...token] : token;
  if (!sendsMail) return flows;
  const withMail = token.map((stages): Stage[] => [...stages, 'm.login.email.identity']);
  return [...flows, ...(mode === 'open' ? [['m.login.email.identity' as const]] : []), ...withMail];
}
