import type { AccessTokens } from './access-tokens.ts';
import { lockedAccount, unknownToken } from './account-state.ts';
import type { Requester } from './requester.ts';

/**
 * Asks once more whether a login stands, for a request that has waited since it was let in. An application service has no
 * login that could end: its token is the operator's.
 * @throws MatrixError M_UNKNOWN_TOKEN when it was ended meanwhile, M_USER_LOCKED
 */
export type CheckStanding = (requester: Requester) => Promise<void>;

export function createCheckStanding({ findAgain }: Pick<AccessTokens, 'findAgain'>): CheckStanding {
  return async (requester) => {
    if (requester.appserviceId !== undefined) return;
    const found = await findAgain(requester);
    if (found === undefined) throw unknownToken();
    if (found.isLocked === true) throw lockedAccount();
  };
}
