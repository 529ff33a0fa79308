import { isStrictLocalpart, isUserId, MatrixError, makeUserId } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { listDevices } from '../../store/devices.ts';
import { putProfileField } from '../../store/profiles.ts';
import { countUse, getRegistrationToken } from '../../store/registration-tokens.ts';
import { getThreepid, putThreepid } from '../../store/threepids.ts';
import { getUser, hasUsers, insertUser, upgradeGuest } from '../../store/users.ts';
import type { RandomText } from '../random-text.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { DeviceOptions, Logins, NewLogin } from './log-in.ts';
import type { Logouts } from './log-out.ts';
import type { Passwords } from './passwords.ts';

export interface NewAccount {
  /** Localpart; a random one when it is left out. */
  username?: string | undefined;
  /** As `hashPassword` gave it. */
  passwordHash?: string | undefined;
  kind: 'user' | 'guest';
  isAdmin?: boolean;
  /** Used up in the same unit of work that makes the account. */
  registrationToken?: string | undefined;
  /** A mail address that has been proved to be theirs. */
  email?: string | undefined;
  displayName?: string | undefined;
  /** The guest who becomes this account: the access token of theirs. */
  guestToken?: string | undefined;
  /** The first login; none when it is left out. */
  device?: Omit<DeviceOptions, 'userId'> | undefined;
}

export interface Registration {
  /** Makes an account, and a first login where a device is given. @throws MatrixError M_USER_IN_USE, M_INVALID_USERNAME, M_EXCLUSIVE, … */
  register(
    account: NewAccount,
    /** Written in the same unit of work. */
    also?: (unit: Unit, userId: string) => Promise<void>,
  ): Promise<{ userId: string; login?: NewLogin }>;
  /** The user id that this name would get. @throws MatrixError M_USER_IN_USE, M_INVALID_USERNAME */
  checkAvailable(username: string): Promise<string>;
  /** The same for a guest who wants to keep their name. @throws MatrixError M_FORBIDDEN unless the token is theirs */
  checkGuest(username: string, guestToken: string): Promise<string>;
  /** @throws MatrixError M_WEAK_PASSWORD, M_TOO_LARGE */
  hashPassword(password: string): Promise<string>;
  /** Whether a registration token may be used now. */
  isTokenValid(token: string): Promise<boolean>;
  /** Whether nobody has an account yet, so that the first admin can be made. */
  isFirst(): Promise<boolean>;
}

export interface RegistrationParts {
  db: Queryable;
  log: LogWriter;
  accessTokens: AccessTokens;
  logins: Logins;
  logouts: Logouts;
  passwords: Passwords;
  serverName: string;
  now: () => number;
  random: RandomText;
  /** @throws MatrixError M_EXCLUSIVE for a name that belongs to an application service */
  checkName: (userId: string) => void;
}

export function createRegistration(parts: RegistrationParts): Registration {
  const { db, log, accessTokens, logins, logouts, passwords, serverName, now, random, checkName } = parts;

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
    checkName(userId);
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

  async function spendToken(unit: Unit, token: string | undefined): Promise<{ makesAdmin: boolean }> {
    if (token === undefined) return { makesAdmin: false };
    const found = await tokenState(unit, token);
    if (found === undefined) throw new MatrixError('M_FORBIDDEN', 'This invitation is used up or unknown.');
    await countUse(unit, token);
    return { makesAdmin: found.makesAdmin === 1 };
  }

  async function addEmail(unit: Unit, userId: string, address: string): Promise<void> {
    if ((await getThreepid(unit, 'email', address)) !== undefined)
      throw new MatrixError('M_THREEPID_IN_USE', 'This address belongs to another account.');
    const nowMs = now();
    await putThreepid(unit, { medium: 'email', address, userId, validatedAtMs: nowMs, addedAtMs: nowMs });
  }

  /** Guests are numbered by time, and one more when two come in the same millisecond. */
  async function freeGuestId(unit: Unit): Promise<string> {
    for (let number = now(); ; number++) {
      const userId = makeUserId(`${number}`, serverName);
      if ((await getUser(unit, userId)) === undefined) return userId;
    }
  }

  async function insert(unit: Unit, userId: string, account: NewAccount) {
    await checkUnused(unit, userId);
    const { kind, passwordHash = null, displayName = userId.slice(1, userId.indexOf(':')) } = account;
    const { makesAdmin } = await spendToken(unit, account.registrationToken);
    const isAdmin = account.isAdmin === true || makesAdmin ? 1 : 0;
    await insertUser(unit, { userId, kind, passwordHash, isAdmin, createdAtMs: now() });
    if (kind === 'user')
      await putProfileField(unit, userId, { field: 'displayname', value: JSON.stringify(displayName) });
  }

  /** The guest's logins end, but for the one that goes on as the new account's. */
  async function upgrade(unit: Unit, userId: string, account: NewAccount) {
    if (account.passwordHash === undefined) throw new MatrixError('M_MISSING_PARAM', 'A password is needed.');
    if ((await getUser(unit, userId))?.kind !== 'guest')
      throw new MatrixError('M_USER_IN_USE', 'This user name is taken.');
    await spendToken(unit, account.registrationToken);
    await upgradeGuest(unit, userId, account.passwordHash);
    accessTokens.forget(unit, userId);
    for (const { deviceId } of await listDevices(unit, userId)) {
      if (deviceId !== account.device?.deviceId) await logouts.removeDevice(unit, userId, deviceId);
    }
  }

  async function checkGuest(username: string, guestToken: string): Promise<string> {
    const guest = await accessTokens.find(guestToken);
    const userId = makeUserId(username.toLowerCase(), serverName);
    if (guest === undefined || !guest.isGuest || guest.userId !== userId)
      throw new MatrixError('M_FORBIDDEN', 'This is not the name and token of a guest.');
    return userId;
  }

  async function newUserId(unit: Unit, { kind, username }: NewAccount): Promise<string> {
    if (kind === 'guest') return freeGuestId(unit);
    return username === undefined ? makeUserId(random(12).toLowerCase(), serverName) : userIdOf(username);
  }

  return {
    async register(account, also) {
      const { username = '', guestToken, device } = account;
      const guestId = guestToken === undefined ? undefined : await checkGuest(username, guestToken);
      if (guestId === undefined && account.username !== undefined) await checkUnused(db, userIdOf(account.username));
      return log.write(async (unit) => {
        const userId = guestId ?? (await newUserId(unit, account));
        await (guestId === undefined ? insert : upgrade)(unit, userId, account);
        if (account.email !== undefined) await addEmail(unit, userId, account.email);
        await also?.(unit, userId);
        if (device === undefined) return { userId };
        return { userId, login: await logins.begin(unit, { userId, ...device }) };
      });
    },
    async checkAvailable(username) {
      const userId = userIdOf(username);
      await checkUnused(db, userId);
      return userId;
    },
    checkGuest,
    hashPassword: passwords.hash,
    isTokenValid: async (token) => (await tokenState(db, token)) !== undefined,
    isFirst: async () => !(await hasUsers(db)),
  };
}
