import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { Accounts } from '../../services/accounts/index.ts';
import type { AuthDict, Stage } from '../../services/accounts/interactive-auth.ts';
import { endpoint } from '../endpoint.ts';
import { Auth, OptionalText } from '../schemas.ts';

export type RegistrationMode = 'open' | 'invite' | 'closed';

/** Registration in the mode that the operator chose: with a token, freely, or not at all. */
export interface RegistrationPolicy {
  mode: RegistrationMode;
  guestsEnabled: boolean;
}

const Body = Type.Object({
  auth: Auth,
  username: OptionalText,
  password: OptionalText,
  device_id: OptionalText,
  initial_device_display_name: OptionalText,
  inhibit_login: Type.Optional(Type.Boolean()),
});

/** POST /register (specification, "Account registration"). */
export const registerAccount = ({ registration, interactiveAuth }: Accounts, policy: RegistrationPolicy) =>
  endpoint({
    method: 'POST',
    path: '/v3/register',
    auth: 'none',
    limit: 'registration',
    query: Type.Object({ kind: OptionalText }),
    body: Body,
    async handle({ body, query }) {
      const { device_id: deviceId, initial_device_display_name: deviceDisplayName, inhibit_login: inhibitLogin } = body;
      const device = { deviceId, deviceDisplayName, inhibitLogin };
      if (query.kind === 'guest') {
        if (!policy.guestsEnabled) throw new MatrixError('M_FORBIDDEN', 'Guests are not let in here.');
        return answer(await registration.register({ kind: 'guest', deviceDisplayName }));
      }
      if (query.kind !== undefined && query.kind !== 'user')
        throw new MatrixError('M_UNRECOGNIZED', 'There is no such kind of account.');
      const { username, password } = body;
      if (username !== undefined) await registration.checkAvailable(username);
      const flows = flowsOf(policy.mode);
      const completed = await interactiveAuth.require({
        auth: body.auth as AuthDict | undefined,
        flows,
        operation: 'register',
        async verify(stage, auth) {
          if (stage !== 'm.login.registration_token') return undefined;
          const token = typeof auth.token === 'string' ? auth.token : '';
          if (!(await registration.isTokenValid(token)))
            throw new MatrixError('M_UNAUTHORIZED', 'This invitation is used up or unknown.');
          return token;
        },
      });
      if (password === undefined) throw new MatrixError('M_MISSING_PARAM', 'A password is needed.');
      const registrationToken = completed.get('m.login.registration_token') as string | undefined;
      return answer(await registration.register({ kind: 'user', username, password, registrationToken, ...device }));
    },
  });

function flowsOf(mode: RegistrationMode): Stage[][] {
  if (mode === 'open') return [['m.login.dummy'], ['m.login.registration_token']];
  // Also when closed: the first-run link must make the first admin. No other token is given out then.
  return [['m.login.registration_token']];
}

function answer({ userId, login }: { userId: string; login?: { accessToken: string; deviceId: string } }) {
  return { user_id: userId, access_token: login?.accessToken, device_id: login?.deviceId };
}
