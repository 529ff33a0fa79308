import { hash } from 'node:crypto';
import { createMemo, type Queryable } from '@sotto/sql';
import type { Unit } from '../../log/writer.ts';
import { deleteTokensOfDevice, findTokenOwner, insertAccessToken } from '../../store/access-tokens.ts';
import type { RandomText } from '../random-text.ts';
import type { Requester } from './requester.ts';

export interface AccessTokens {
  /** The owner of a token, or undefined when it is unknown, expired, or of a deactivated account. */
  find(token: string): Promise<Requester | undefined>;
  /** Makes a token for this device. The text is told once; the store keeps its hash. */
  issue(unit: Unit, owner: { userId: string; deviceId: string }): Promise<string>;
  /** Ends every token of this device. */
  revokeDevice(unit: Unit, userId: string, deviceId: string): Promise<void>;
  /** Drops what is remembered of a person (after a change of role or state). */
  forget(userId: string): void;
}

interface Known {
  requester: Requester;
  expiresAtMs: number;
}

export const tokenHashOf = (token: string) => hash('sha256', token, 'base64url');

export function createAccessTokens(parts: { db: Queryable; now: () => number; random: RandomText }): AccessTokens {
  const { db, now, random } = parts;
  // By hash, so that no token lies in memory longer than its request.
  const known = createMemo<Known>(20_000);
  const hashesByUser = new Map<string, Set<string>>();
  const forget = (userId: string) => {
    for (const each of hashesByUser.get(userId) ?? []) known.delete(each);
    hashesByUser.delete(userId);
  };
  return {
    async find(token) {
      const tokenHash = tokenHashOf(token);
      const remembered = known.get(tokenHash);
      if (remembered !== undefined) return remembered.expiresAtMs > now() ? remembered.requester : undefined;
      const owner = await findTokenOwner(db, tokenHash);
      if (owner === undefined || owner.isDeactivated === 1) return undefined;
      const expiresAtMs = owner.expiresAtMs ?? Number.POSITIVE_INFINITY;
      if (expiresAtMs <= now()) return undefined;
      const { userId, deviceId } = owner;
      const requester = { userId, deviceId, isGuest: owner.kind === 'guest', isAdmin: owner.isAdmin === 1, tokenHash };
      known.set(tokenHash, { requester, expiresAtMs });
      const hashes = hashesByUser.get(userId) ?? new Set();
      hashesByUser.set(userId, hashes.add(tokenHash));
      return requester;
    },
    async issue(unit, { userId, deviceId }) {
      const token = `sotto_${random(40)}`;
      await insertAccessToken(unit, { tokenHash: tokenHashOf(token), userId, deviceId, expiresAtMs: null });
      return token;
    },
    async revokeDevice(unit, userId, deviceId) {
      await deleteTokensOfDevice(unit, userId, deviceId);
      // Once now for those who ask meanwhile, and once more when no reader can find the old rows any longer.
      forget(userId);
      unit.afterwards(() => forget(userId));
    },
    forget,
  };
}
