import { MatrixError } from '@sotto/protocol';
import type { AuthDict, InteractiveAuth } from './interactive-auth.ts';
import type { Logins } from './log-in.ts';
import type { Requester } from './requester.ts';

/**
 * Has a person who is logged in prove once more, by password, that it is them (specification, "User-Interactive
 * Authentication API"). Application services are trusted as they are.
 * @throws InteractiveAuthNeeded; MatrixError M_FORBIDDEN for the proof of another person or for another operation
 */
export type ConfirmIdentity = (request: {
  requester: Requester;
  auth: AuthDict | undefined;
  /** What is to be done; the proof serves for nothing else. */
  operation: string;
  /** Where the request comes from, for the limit of guesses. */
  address: string;
}) => Promise<void>;

export function createConfirmIdentity(parts: { interactiveAuth: InteractiveAuth; logins: Logins }): ConfirmIdentity {
  const { interactiveAuth, logins } = parts;
  return async ({ requester, auth, operation, address }) => {
    const { userId, appserviceId } = requester;
    if (appserviceId !== undefined) return;
    // Not a failed stage that could be tried again: somebody else's proof is refused as such.
    if (auth !== undefined && !isOf(userId, userOf(auth)))
      throw new MatrixError('M_FORBIDDEN', 'This is the account of somebody else.');
    await interactiveAuth.require({
      auth,
      flows: [['m.login.password']],
      operation: `${operation} ${userId}`,
      async verify(_stage, given) {
        if (typeof given.password !== 'string') throw new MatrixError('M_MISSING_PARAM', 'The password is missing.');
        await logins.checkPassword({ who: { user: userId }, password: given.password, from: address });
      },
    });
  };
}

/** The person that an `m.login.password` stage names, in the present form or the old one; most clients do, none must. */
function userOf({ identifier, user }: AuthDict): string | undefined {
  const named = (identifier as { user?: unknown } | undefined | null)?.user ?? user;
  return typeof named === 'string' ? named : undefined;
}

/** Whether this is another name of the person: the whole user id or its localpart, in any case. */
function isOf(userId: string, name: string | undefined): boolean {
  const lower = name?.toLowerCase();
  return lower === undefined || lower === userId || userId.startsWith(`@${lower}:`);
}
