import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import {
  deleteRegistrationToken,
  getRegistrationToken,
  insertRegistrationToken,
  listRegistrationTokens,
} from '../../store/registration-tokens.ts';
import type { RandomText } from '../random-text.ts';
import type { Audit } from './audit.ts';

export interface NewToken {
  /** A random one when it is left out. */
  token?: string | undefined;
  /** Without a limit when it is left out. */
  usesAllowed?: number | undefined;
  expiresAtMs?: number | undefined;
  makesAdmin?: boolean | undefined;
}

/** Tokens with which people register; an invite link is one too. */
export interface AdminTokens {
  list(): ReturnType<typeof listRegistrationTokens>;
  /** @throws MatrixError M_INVALID_PARAM when it is taken or has other letters than [A-Za-z0-9._~-] */
  create(actor: string, token: NewToken): Promise<{ token: string; url: string }>;
  /** @throws MatrixError M_NOT_FOUND */
  remove(actor: string, token: string): Promise<void>;
}

export function createAdminTokens(parts: {
  db: Queryable;
  audit: Audit;
  now: () => number;
  random: RandomText;
  publicUrl: () => string;
}): AdminTokens {
  const { db, audit, now, random, publicUrl } = parts;
  // The log tells which token it was, and not what lets somebody in.
  const nameOf = (token: string) => `${token.slice(0, 4)}…`;
  return {
    list: () => listRegistrationTokens(db),
    async create(actor, { token = random(24), usesAllowed = null, expiresAtMs = null, makesAdmin = false }) {
      if (!/^[A-Za-z0-9._~-]{1,64}$/.test(token))
        throw new MatrixError('M_INVALID_PARAM', 'A token has 1 to 64 letters, digits and . _ ~ -');
      const details = { uses_allowed: usesAllowed, expires_at: expiresAtMs, makes_admin: makesAdmin };
      await audit.write({ actor, action: 'token.create', target: nameOf(token), details }, async (unit) => {
        if ((await getRegistrationToken(unit, token)) !== undefined)
          throw new MatrixError('M_INVALID_PARAM', 'There is such a token already.');
        await insertRegistrationToken(unit, {
          ...{ token, usesAllowed, expiresAtMs },
          makesAdmin: makesAdmin ? 1 : 0,
          createdBy: actor,
          createdAtMs: now(),
        });
      });
      return { token, url: `${publicUrl()}/#/invite/${token}` };
    },
    remove: (actor, token) =>
      audit.write({ actor, action: 'token.remove', target: nameOf(token) }, async (unit) => {
        if (!(await deleteRegistrationToken(unit, token)))
          throw new MatrixError('M_NOT_FOUND', 'There is no such token.');
      }),
  };
}
