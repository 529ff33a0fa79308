import { MatrixError } from '@sotto/protocol';
import type { AuthDict, InteractiveAuth } from './interactive-auth.ts';
import type { Logins } from './log-in.ts';
import type { Requester } from './requester.ts';

/**
 * Has a person who is logged in prove once more, by password, that it is them (specification, "User-Interactive
 * Authentication API"). Application services are trusted as they are.
 * @param operation what is to be done; the proof serves for nothing else
 * @throws InteractiveAuthNeeded
 */
export type ConfirmIdentity = (request: {
  requester: Requester;
  auth: AuthDict | undefined;
  operation: string;
}) => Promise<void>;

export function createConfirmIdentity(parts: { interactiveAuth: InteractiveAuth; logins: Logins }): ConfirmIdentity {
  const { interactiveAuth, logins } = parts;
  return async ({ requester, auth, operation }) => {
    if (requester.appserviceId !== undefined) return;
    await interactiveAuth.require({
      auth,
      flows: [['m.login.password']],
      operation: `${operation} ${requester.userId}`,
      async verify(_stage, given) {
        if (typeof given.password !== 'string') throw new MatrixError('M_MISSING_PARAM', 'The password is missing.');
        const userId = await logins.checkPassword(userOf(given) ?? requester.userId, given.password);
        if (userId !== requester.userId) throw new MatrixError('M_FORBIDDEN', 'This is the password of somebody else.');
        return undefined;
      },
    });
  };
}

/** The person that an `m.login.password` stage names, in the present form or the old one. */
function userOf({ identifier, user }: AuthDict): string | undefined {
  const named = (identifier as { user?: unknown } | undefined | null)?.user ?? user;
  return typeof named === 'string' ? named : undefined;
}
