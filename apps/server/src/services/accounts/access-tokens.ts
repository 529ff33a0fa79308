import { hash } from 'node:crypto';
import { MatrixError } from '@sotto/protocol';
import { createMemo, type Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import {
  deleteTokensOfDevice,
  expireTokensOfFamily,
  findTokenOwner,
  insertAccessToken,
  type TokenOwner,
} from '../../store/access-tokens.ts';
import { deleteRefreshFamilies, settleRefreshFamily } from '../../store/refresh-families.ts';
import type { RandomText } from '../random-text.ts';
import type { LastSeen } from './last-seen.ts';
import type { Requester } from './requester.ts';

export interface AccessTokens {
  /**
   * The owner of a token, or undefined when it is unknown or of a deactivated account.
   * @throws MatrixError M_UNKNOWN_TOKEN with `soft_logout` when it has expired
   */
  find(token: string): Promise<Requester | undefined>;
  /** The owner as they are by now, from memory as a rule; undefined when the token has been revoked since. */
  findAgain(requester: Requester): Promise<Requester | undefined>;
  /** Makes a token for this device. The text is told once; the store keeps its hash. */
  issue(unit: Unit, owner: TokenTerms): Promise<string>;
  /** Ends every token of this device, refresh tokens too. */
  revokeDevice(unit: Unit, userId: string, deviceId: string): Promise<void>;
  /** Drops what is remembered of a person, now and once more after the commit (after a change of role or state). */
  forget(unit: Unit, userId: string): void;
}

export interface TokenTerms {
  userId: string;
  deviceId: string;
  /** For a token that expires and can be refreshed. */
  expiresAtMs?: number;
  familyId?: string;
  generation?: number;
}

export interface AccessTokensParts {
  db: Queryable;
  log: LogWriter;
  now: () => number;
  random: RandomText;
  lastSeen: LastSeen;
}

interface Known {
  requester: Requester;
  expiresAtMs: number;
  seenAtMs: number;
}

export const tokenHashOf = (token: string) => hash('sha256', token, 'base64url');

export const softLogout = () =>
  new MatrixError('M_UNKNOWN_TOKEN', 'This login has to be renewed.', { extra: { soft_logout: true } });

export function createAccessTokens(parts: AccessTokensParts): AccessTokens {
  const { db, log, now, random, lastSeen } = parts;
  // By hash, so that no token lies in memory longer than its request.
  const known = createMemo<Known>(20_000);
  const hashesByUser = new Map<string, Set<string>>();
  const drop = (userId: string) => {
    for (const each of hashesByUser.get(userId) ?? []) known.delete(each);
    hashesByUser.delete(userId);
  };
  // Once now for those who ask meanwhile, and once more when no reader can find the old rows any longer.
  const forget = (unit: Unit, userId: string) => {
    drop(userId);
    unit.afterwards(() => drop(userId));
  };

  /** Its first use proves that the refresh arrived: what came before it ends. */
  async function settle({ userId, familyId, generation }: TokenOwner): Promise<void> {
    if (familyId === null) return;
    await log.write(async (unit) => {
      await settleRefreshFamily(unit, familyId, generation);
      await expireTokensOfFamily(unit, { familyId, beforeGeneration: generation, nowMs: now() });
      forget(unit, userId);
    });
  }

  async function look(tokenHash: string): Promise<Known | undefined> {
    const owner = await findTokenOwner(db, tokenHash);
    if (owner === undefined || owner.isDeactivated === 1) return undefined;
    const expiresAtMs = owner.expiresAtMs ?? Number.POSITIVE_INFINITY;
    if (owner.isUnsettled === 1 && expiresAtMs > now()) await settle(owner);
    const { userId, deviceId } = owner;
    const requester: Requester = {
      userId,
      deviceId,
      isGuest: owner.kind === 'guest',
      isAdmin: owner.isAdmin === 1,
      isLocked: owner.isLocked === 1,
      isSuspended: owner.isSuspended === 1,
      tokenHash,
    };
    const found = { requester, expiresAtMs, seenAtMs: Number.NEGATIVE_INFINITY };
    known.set(tokenHash, found);
    const hashes = hashesByUser.get(userId) ?? new Set();
    hashesByUser.set(userId, hashes.add(tokenHash));
    return found;
  }

  const recall = (tokenHash: string) => known.get(tokenHash) ?? look(tokenHash);

  return {
    findAgain: async ({ tokenHash }) => (await recall(tokenHash))?.requester,
    async find(token) {
      const found = await recall(tokenHashOf(token));
      if (found === undefined) return undefined;
      const nowMs = now();
      if (found.expiresAtMs <= nowMs) throw softLogout();
      if (nowMs - found.seenAtMs >= lastSeen.intervalMs) {
        found.seenAtMs = nowMs;
        lastSeen.record(found.requester.userId, found.requester.deviceId);
      }
      return found.requester;
    },
    async issue(unit, { userId, deviceId, expiresAtMs = null, familyId = null, generation = 0 }) {
      const token = `sotto_${random(40)}`;
      const tokenHash = tokenHashOf(token);
      await insertAccessToken(unit, { tokenHash, userId, deviceId, expiresAtMs, familyId, generation });
      return token;
    },
    async revokeDevice(unit, userId, deviceId) {
      await deleteTokensOfDevice(unit, userId, deviceId);
      await deleteRefreshFamilies(unit, userId, deviceId);
      forget(unit, userId);
    },
    forget,
  };
}
