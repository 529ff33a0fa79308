import { MatrixError } from '@sotto/protocol';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { deleteTokensOfFamily, expireTokensOfFamily } from '../../store/access-tokens.ts';
import { getRefreshFamily, putRefreshFamily, type RefreshFamily } from '../../store/refresh-families.ts';
import { getUser } from '../../store/users.ts';
import type { RandomText } from '../random-text.ts';
import { type AccessTokens, softLogout, tokenHashOf } from './access-tokens.ts';
import { lockedAccount } from './account-state.ts';

export interface FreshTokens {
  accessToken: string;
  refreshToken: string;
  expiresInMs: number;
}

export interface RefreshTokens {
  /** The first pair of tokens of a login, inside a unit of work. */
  begin(unit: Unit, owner: { userId: string; deviceId: string }): Promise<FreshTokens>;
  /**
   * A new pair for a refresh token (specification, "Refreshing access tokens"). The old one stays good until the new
   * access or refresh token is used, for an answer can get lost. Whoever comes with an older one shows that it was
   * copied: then the whole login ends, softly, so that its owner can log in again and lose nothing.
   * @throws MatrixError M_UNKNOWN_TOKEN, M_USER_LOCKED
   */
  refresh(token: string): Promise<FreshTokens>;
}

/** How long an access token lives that can be refreshed. */
export const accessTokenLifetimeMs = 5 * 60_000;

const form = /^sottor_([A-Za-z]{16})_[A-Za-z]{40}$/;

export function createRefreshTokens(parts: {
  log: LogWriter;
  accessTokens: AccessTokens;
  now: () => number;
  random: RandomText;
}): RefreshTokens {
  const { log, accessTokens, now, random } = parts;

  async function issue(unit: Unit, family: Omit<RefreshFamily, 'currentHash'>): Promise<FreshTokens> {
    const { familyId, userId, deviceId, generation } = family;
    const refreshToken = `sottor_${familyId}_${random(40)}`;
    await putRefreshFamily(unit, { ...family, currentHash: tokenHashOf(refreshToken) });
    const expiresAtMs = now() + accessTokenLifetimeMs;
    const accessToken = await accessTokens.issue(unit, { userId, deviceId, expiresAtMs, familyId, generation });
    return { accessToken, refreshToken, expiresInMs: accessTokenLifetimeMs };
  }

  /** The refresh token came back although a newer one was in use: somebody has a copy. */
  async function revoke(unit: Unit, family: RefreshFamily): Promise<void> {
    const { familyId, generation } = family;
    await putRefreshFamily(unit, { ...family, currentHash: '', previousHash: null });
    await expireTokensOfFamily(unit, { familyId, beforeGeneration: generation + 1, nowMs: now() });
    accessTokens.forget(unit, family.userId);
  }

  /** Undefined when the login has ended by this, which must be committed: no error may undo it. */
  async function renew(unit: Unit, token: string): Promise<FreshTokens | undefined> {
    const familyId = form.exec(token)?.[1];
    const family = familyId === undefined ? undefined : await getRefreshFamily(unit, familyId);
    const user = family && (await getUser(unit, family.userId));
    if (family === undefined || user === undefined || user.isDeactivated === 1) {
      throw new MatrixError('M_UNKNOWN_TOKEN', 'This refresh token is not known. Log in again.', {
        extra: { soft_logout: false },
      });
    }
    if (user.isLocked === 1) throw lockedAccount();
    const tokenHash = tokenHashOf(token);
    if (tokenHash !== family.currentHash && tokenHash !== family.previousHash) {
      await revoke(unit, family);
      return undefined;
    }
    accessTokens.forget(unit, family.userId);
    return tokenHash === family.previousHash ? issueAgain(unit, family) : issueNext(unit, family);
  }

  /** The answer was lost on the way: what was in it must never work. */
  async function issueAgain(unit: Unit, family: RefreshFamily): Promise<FreshTokens> {
    await deleteTokensOfFamily(unit, { ...family, from: family.generation, upto: family.generation });
    return issue(unit, family);
  }

  /** The newest refresh token is used, so it has arrived: what came before ends, and after one more round is forgotten. */
  async function issueNext(unit: Unit, family: RefreshFamily): Promise<FreshTokens> {
    const { familyId, generation, currentHash } = family;
    await expireTokensOfFamily(unit, { familyId, beforeGeneration: generation, nowMs: now() });
    await deleteTokensOfFamily(unit, { familyId, from: 0, upto: generation - 2 });
    return issue(unit, { ...family, generation: generation + 1, previousHash: currentHash });
  }

  return {
    begin: (unit, owner) => issue(unit, { ...owner, familyId: random(16), generation: 1, previousHash: null }),
    async refresh(token) {
      const fresh = await log.write((unit) => renew(unit, token));
      if (fresh === undefined) throw softLogout();
      return fresh;
    },
  };
}
