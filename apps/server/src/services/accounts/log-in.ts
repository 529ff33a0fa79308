import { fitsBytes, MatrixError, makeUserId, parseUserId } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { listCrossSigningKeys } from '../../store/cross-signing-keys.ts';
import { putDevice } from '../../store/devices.ts';
import { getUser, type User } from '../../store/users.ts';
import type { RandomText } from '../random-text.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Passwords } from './passwords.ts';

export interface NewLogin {
  accessToken: string;
  deviceId: string;
}

export interface DeviceOptions {
  userId: string;
  /** Taken over when it exists; a new one when it is left out. */
  deviceId?: string;
  displayName?: string;
}

export interface Logins {
  /**
   * The person whose password this is.
   * @param user a localpart or a whole user id
   * @throws MatrixError M_FORBIDDEN, in the same words and the same time whoever exists; M_USER_DEACTIVATED
   */
  checkPassword(user: string, password: string): Promise<string>;
  /** Begins a login inside a unit of work: a device and a token for it. */
  begin(unit: Unit, options: DeviceOptions): Promise<NewLogin>;
  logIn(options: DeviceOptions): Promise<NewLogin>;
}

export interface LoginParts {
  db: Queryable;
  log: LogWriter;
  accessTokens: AccessTokens;
  passwords: Passwords;
  serverName: string;
  now: () => number;
  random: RandomText;
}

export function createLogins(parts: LoginParts): Logins {
  const { db, log, accessTokens, passwords, serverName, now, random } = parts;

  async function find(user: string): Promise<User | undefined> {
    const parsed = user.startsWith('@') ? parseUserId(user) : { localpart: user, serverName };
    if (parsed === undefined || parsed.serverName !== serverName) return undefined;
    const exact = await getUser(db, makeUserId(parsed.localpart, serverName));
    return exact ?? (await getUser(db, makeUserId(parsed.localpart.toLowerCase(), serverName)));
  }

  async function begin(unit: Unit, { userId, deviceId = random(10).toUpperCase(), displayName }: DeviceOptions) {
    await checkDeviceId(unit, userId, deviceId);
    // The old tokens of a device that logs in again end (specification, POST /login).
    await accessTokens.revokeDevice(unit, userId, deviceId);
    await putDevice(unit, { userId, deviceId, displayName: displayName ?? null, lastSeenAtMs: now() });
    return { deviceId, accessToken: await accessTokens.issue(unit, { userId, deviceId }) };
  }

  return {
    async checkPassword(user, password) {
      const account = await find(user);
      const isRight = await passwords.verify(password, account?.passwordHash ?? undefined);
      if (!isRight || account === undefined)
        throw new MatrixError('M_FORBIDDEN', 'The user name or the password is wrong.');
      if (account.isDeactivated === 1)
        throw new MatrixError('M_USER_DEACTIVATED', 'This account has been deactivated.');
      return account.userId;
    },
    begin,
    logIn: (options) => log.write((unit) => begin(unit, options)),
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
