import { isStrictLocalpart, isUserId, MatrixError, makeUserId } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { putProfileField } from '../../store/profiles.ts';
import { countUse, getRegistrationToken } from '../../store/registration-tokens.ts';
import { getUser, insertUser } from '../../store/users.ts';
import type { RandomText } from '../random-text.ts';
import type { Logins, NewLogin } from './log-in.ts';
import type { Passwords } from './passwords.ts';

export interface NewAccount {
  /** Localpart; a random one when it is left out. */
  username?: string;
  password?: string;
  kind: 'user' | 'guest';
  isAdmin?: boolean;
  /** Used up in the same unit of work that makes the account. */
  registrationToken?: string;
  deviceId?: string;
  deviceDisplayName?: string;
  inhibitLogin?: boolean;
}

export interface Registration {
  /** Makes an account, and a first login unless `inhibitLogin`. @throws MatrixError M_USER_IN_USE, M_INVALID_USERNAME, … */
  register(account: NewAccount): Promise<{ userId: string; login?: NewLogin }>;
  /** The user id that this name would get. @throws MatrixError M_USER_IN_USE, M_INVALID_USERNAME */
  checkAvailable(username: string): Promise<string>;
  /** Whether a registration token may be used now. */
  isTokenValid(token: string): Promise<boolean>;
}

export interface RegistrationParts {
  db: Queryable;
  log: LogWriter;
  logins: Logins;
  passwords: Passwords;
  serverName: string;
  now: () => number;
  random: RandomText;
}

export function createRegistration(parts: RegistrationParts): Registration {
  const { db, log, logins, passwords, serverName, now, random } = parts;

  /** Capitals are taken as small letters, as the reference server does: people type them on phones. */
  function userIdOf(username: string): string {
    const localpart = username.toLowerCase();
    const userId = makeUserId(localpart, serverName);
    if (!isStrictLocalpart(localpart) || !isUserId(userId)) {
      throw new MatrixError(
        'M_INVALID_USERNAME',
        'A user name has small letters, digits and . _ = - / + only, and is not too long.',
      );
    }
    if (/^\d+$/.test(localpart))
      throw new MatrixError('M_INVALID_USERNAME', 'Names of digits alone are kept for guests.');
    return userId;
  }

  async function checkUnused(source: Queryable, userId: string): Promise<void> {
    if ((await getUser(source, userId)) !== undefined)
      throw new MatrixError('M_USER_IN_USE', 'This user name is taken.');
  }

  async function tokenState(source: Queryable, token: string) {
    const found = await getRegistrationToken(source, token);
    if (found === undefined) return undefined;
    if (found.expiresAtMs !== null && found.expiresAtMs <= now()) return undefined;
    if (found.usesAllowed !== null && found.usesCompleted >= found.usesAllowed) return undefined;
    return found;
  }

  async function spendToken(unit: Unit, token: string): Promise<{ makesAdmin: boolean }> {
    const found = await tokenState(unit, token);
    if (found === undefined) throw new MatrixError('M_FORBIDDEN', 'This invitation is used up or unknown.');
    await countUse(unit, token);
    return { makesAdmin: found.makesAdmin === 1 };
  }

  return {
    async register(account) {
      const userId =
        account.username === undefined
          ? makeUserId(account.kind === 'guest' ? `${now()}` : random(12).toLowerCase(), serverName)
          : userIdOf(account.username);
      await checkUnused(db, userId);
      const passwordHash = account.password === undefined ? null : await passwords.hash(account.password);
      return log.write(async (unit) => {
        await checkUnused(unit, userId);
        const token = account.registrationToken;
        const { makesAdmin } = token === undefined ? { makesAdmin: false } : await spendToken(unit, token);
        const isAdmin = account.isAdmin === true || makesAdmin ? 1 : 0;
        await insertUser(unit, { userId, kind: account.kind, passwordHash, isAdmin, createdAtMs: now() });
        if (account.kind === 'user') {
          const name = userId.slice(1, userId.indexOf(':'));
          await putProfileField(unit, userId, { field: 'displayname', value: JSON.stringify(name) });
        }
        if (account.inhibitLogin === true) return { userId };
        const { deviceId, deviceDisplayName: displayName } = account;
        return { userId, login: await logins.begin(unit, { userId, deviceId, displayName }) };
      });
    },
    async checkAvailable(username) {
      const userId = userIdOf(username);
      await checkUnused(db, userId);
      return userId;
    },
    isTokenValid: async (token) => (await tokenState(db, token)) !== undefined,
  };
}
