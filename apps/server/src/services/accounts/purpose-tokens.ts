import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { getPurposeToken, insertPurposeToken, takePurposeToken } from '../../store/purpose-tokens.ts';
import { getUser } from '../../store/users.ts';
import type { RandomText } from '../random-text.ts';
import { tokenHashOf } from './access-tokens.ts';

export interface PurposeToken {
  token: string;
  expiresInMs: number;
}

/** Tokens that stand for a person towards somebody else, for one thing and for a short time. */
export interface PurposeTokens {
  /** For one login on another device (specification, "POST /login/get_token"). */
  forLogin(userId: string): Promise<PurposeToken>;
  /** Whose login token this was; undefined when it is unknown, used or too old. It is used up by this unit of work. */
  takeLogin(unit: Unit, token: string): Promise<string | undefined>;
  /** Shows a third party who somebody is (specification, "OpenID"). */
  forOpenId(userId: string): Promise<PurposeToken>;
  /** Whose OpenID token this is, or undefined. */
  findOpenId(token: string): Promise<string | undefined>;
}

const lifetimesMs = { login: 2 * 60_000, openid: 60 * 60_000 };

export function createPurposeTokens(parts: {
  db: Queryable;
  log: LogWriter;
  now: () => number;
  random: RandomText;
}): PurposeTokens {
  const { db, log, now, random } = parts;

  async function issue(purpose: keyof typeof lifetimesMs, userId: string): Promise<PurposeToken> {
    const token = random(40);
    const expiresInMs = lifetimesMs[purpose];
    const nowMs = now();
    await log.write((unit) =>
      insertPurposeToken(
        unit,
        { tokenHash: tokenHashOf(token), purpose, userId, expiresAtMs: nowMs + expiresInMs },
        nowMs,
      ),
    );
    return { token, expiresInMs };
  }

  return {
    forLogin: (userId) => issue('login', userId),
    async takeLogin(unit, token) {
      const taken = await takePurposeToken(unit, 'login', tokenHashOf(token));
      return taken !== undefined && taken.expiresAtMs > now() ? taken.userId : undefined;
    },
    forOpenId: (userId) => issue('openid', userId),
    async findOpenId(token) {
      const found = await getPurposeToken(db, 'openid', tokenHashOf(token));
      if (found === undefined || found.expiresAtMs <= now()) return undefined;
      const user = await getUser(db, found.userId);
      return user === undefined || user.isDeactivated === 1 ? undefined : found.userId;
    },
  };
}
