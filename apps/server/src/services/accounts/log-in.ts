import { fitsBytes, MatrixError, makeUserId, parseUserId } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { listCrossSigningKeys } from '../../store/cross-signing-keys.ts';
import { getDevice, putDevice } from '../../store/devices.ts';
import { getThreepid } from '../../store/threepids.ts';
import { getUser, type User } from '../../store/users.ts';
import type { Quotas } from '../quotas/index.ts';
import type { RandomText } from '../random-text.ts';
import type { AccessTokens } from './access-tokens.ts';
import { lockedAccount } from './account-state.ts';
import { checkDeviceName } from './device-name.ts';
import { canonicalEmail } from './email-address.ts';
import type { Passwords } from './passwords.ts';
import type { PurposeTokens } from './purpose-tokens.ts';
import type { RefreshTokens } from './refresh-tokens.ts';

export interface NewLogin {
  accessToken: string;
  deviceId: string;
  /** With a token that expires, where the client can refresh it. */
  refreshToken?: string;
  expiresInMs?: number;
}

export interface DeviceOptions {
  userId: string;
  /** Taken over when it exists; a new one when it is left out. */
  deviceId?: string | undefined;
  displayName?: string | undefined;
  /** Whether the client can refresh its tokens. */
  wantsRefreshToken?: boolean | undefined;
}

/** Who logs in: a localpart or whole user id, or an address of theirs. */
export type Identifier = { user: string } | { medium: string; address: string };

/** A password that is said to be somebody's. */
export interface GivenPassword {
  who: Identifier;
  password: string;
  /** Where it comes from, for the limit of guesses. */
  from: string;
}

/** Slows down who guesses passwords: for one account from one address soon, from everywhere together later. */
export interface GuessLimit {
  /** @throws MatrixError M_LIMIT_EXCEEDED */
  take(account: string, address: string): void;
  giveBack(account: string, address: string): void;
}

export interface Logins {
  /**
   * The person whose password this is.
   * @throws MatrixError M_FORBIDDEN, in the same words and the same time whoever exists; M_USER_DEACTIVATED;
   *   M_USER_LOCKED; M_LIMIT_EXCEEDED
   */
  checkPassword(given: GivenPassword): Promise<string>;
  /** Begins a login inside a unit of work: a device and a token for it. @throws MatrixError M_USER_LIMIT_EXCEEDED */
  begin(unit: Unit, options: DeviceOptions): Promise<NewLogin>;
  logIn(options: DeviceOptions): Promise<NewLogin>;
  /** Logs in whose password this is. @throws MatrixError what `checkPassword` and `begin` throw */
  logInByPassword(given: GivenPassword, device: Omit<DeviceOptions, 'userId'>): Promise<NewLogin & { userId: string }>;
  /**
   * Logs in whose login token this is. It is used up, unless the login is refused.
   * @throws MatrixError M_FORBIDDEN; M_USER_DEACTIVATED; M_USER_LOCKED; what `begin` throws
   */
  logInByToken(token: string, device: Omit<DeviceOptions, 'userId'>): Promise<NewLogin & { userId: string }>;
}

export interface LoginParts {
  db: Queryable;
  log: LogWriter;
  accessTokens: AccessTokens;
  refreshTokens: RefreshTokens;
  purposeTokens: PurposeTokens;
  passwords: Passwords;
  quotas: Pick<Quotas, 'checkDevices'>;
  guesses: GuessLimit;
  serverName: string;
  now: () => number;
  random: RandomText;
}

const wrongPassword = () => new MatrixError('M_FORBIDDEN', 'The user name or the password is wrong.');
const newDeviceId = (random: RandomText) => random(10).toUpperCase();

export function createLogins(parts: LoginParts): Logins {
  const { db, log, accessTokens, refreshTokens, purposeTokens, passwords, guesses, quotas } = parts;
  const { serverName, now, random } = parts;

  async function find(who: Identifier): Promise<User | undefined> {
    if ('medium' in who) {
      const address = who.medium === 'email' ? canonicalEmail(who.address) : who.address;
      const threepid = address === undefined ? undefined : await getThreepid(db, who.medium, address);
      return threepid && getUser(db, threepid.userId);
    }
    const parsed = who.user.startsWith('@') ? parseUserId(who.user) : { localpart: who.user, serverName };
    if (parsed === undefined || parsed.serverName !== serverName) return undefined;
    const exact = await getUser(db, makeUserId(parsed.localpart, serverName));
    return exact ?? (await getUser(db, makeUserId(parsed.localpart.toLowerCase(), serverName)));
  }

  /** Guesses count for the account, by whatever name it is called. */
  const accountKey = (who: Identifier, account: User | undefined) =>
    account?.userId ?? ('user' in who ? who.user : who.address).toLowerCase().slice(0, 300);

  function checkState(account: User): void {
    if (account.isDeactivated === 1) throw new MatrixError('M_USER_DEACTIVATED', 'This account has been deactivated.');
    if (account.isLocked === 1) throw lockedAccount();
  }

  async function begin(unit: Unit, options: DeviceOptions): Promise<NewLogin> {
    const { userId, deviceId = newDeviceId(random), displayName = null, wantsRefreshToken = false } = options;
    checkDeviceName(displayName);
    await checkDeviceId(unit, userId, deviceId);
    if ((await getDevice(unit, userId, deviceId)) === undefined) await quotas.checkDevices(unit, userId);
    // The old tokens of a device that logs in again end (specification, POST /login).
    await accessTokens.revokeDevice(unit, userId, deviceId);
    await putDevice(unit, { userId, deviceId, displayName, loggedInAtMs: now(), lastSeenAtMs: now() });
    const owner = { userId, deviceId };
    if (wantsRefreshToken) return { deviceId, ...(await refreshTokens.begin(unit, owner)) };
    return { deviceId, accessToken: await accessTokens.issue(unit, owner) };
  }

  async function verify({ who, password, from }: GivenPassword): Promise<User> {
    const account = await find(who);
    const key = accountKey(who, account);
    guesses.take(key, from);
    const isRight = await passwords.verify(password, account?.passwordHash ?? undefined);
    if (!isRight || account === undefined) throw wrongPassword();
    guesses.giveBack(key, from);
    checkState(account);
    return account;
  }

  return {
    checkPassword: async (given) => (await verify(given)).userId,
    begin,
    async logInByPassword(given, device) {
      const { userId, passwordHash } = await verify(given);
      return log.write(async (unit) => {
        // That took a while: the account may have ended meanwhile, or have another password.
        const account = await getUser(unit, userId);
        if (account !== undefined) checkState(account);
        if (account?.passwordHash !== passwordHash) throw wrongPassword();
        return { userId, ...(await begin(unit, { ...device, userId })) };
      });
    },
    logIn: (options) => log.write((unit) => begin(unit, options)),
    logInByToken: (token, device) =>
      log.write(async (unit) => {
        const userId = await purposeTokens.takeLogin(unit, token);
        const account = userId === undefined ? undefined : await getUser(unit, userId);
        if (account === undefined)
          throw new MatrixError('M_FORBIDDEN', 'This login token is unknown or was used before.');
        checkState(account);
        return { userId: account.userId, ...(await begin(unit, { ...device, userId: account.userId })) };
      }),
  };
}

/** Devices and cross-signing keys share one space of names: none may be taken for the other ("Cross-signing"). */
async function checkDeviceId(unit: Unit, userId: string, deviceId: string): Promise<void> {
  if (deviceId === '' || !fitsBytes(deviceId) || deviceId === '*')
    throw new MatrixError('M_INVALID_PARAM', 'A device id has 1 to 255 bytes and is not "*".');
  for (const { json } of await listCrossSigningKeys(unit, userId)) {
    if (Object.hasOwn((JSON.parse(json) as { keys: object }).keys, `ed25519:${deviceId}`))
      throw new MatrixError('M_FORBIDDEN', 'A key has the name of this device.');
  }
}
