import { isUserId, MatrixError, makeUserId, parseUserId } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { putProfileField } from '../../store/profiles.ts';
import { getUser, insertUser } from '../../store/users.ts';
import type { DeviceOptions, Logins, NewLogin } from '../accounts/log-in.ts';
import type { AppserviceNames } from './names.ts';
import type { Appservice, AppserviceRegistry } from './registry.ts';

/** Accounts without passwords, for application services (application service API, "Server admin style permissions"). */
export interface AppserviceAccounts {
  /**
   * Makes an account in the namespace of the application service whose token this is, and a login where a device is given.
   * @throws MatrixError M_MISSING_TOKEN, M_UNKNOWN_TOKEN, M_EXCLUSIVE, M_USER_IN_USE, M_INVALID_USERNAME
   */
  register(
    token: string | undefined,
    account: { username: string | undefined; device: Omit<DeviceOptions, 'userId'> | undefined },
  ): Promise<{ userId: string; login?: NewLogin }>;
  /** Logs in as somebody of the namespace. @throws MatrixError M_MISSING_TOKEN, M_UNKNOWN_TOKEN, M_EXCLUSIVE, M_FORBIDDEN */
  logIn(
    token: string | undefined,
    user: string,
    device: Omit<DeviceOptions, 'userId'>,
  ): Promise<NewLogin & { userId: string }>;
}

export interface AppserviceAccountsParts {
  db: Queryable;
  log: LogWriter;
  now: () => number;
  serverName: string;
  registry: AppserviceRegistry;
  names: AppserviceNames;
  logins: Pick<Logins, 'begin' | 'logIn'>;
}

export function createAppserviceAccounts(parts: AppserviceAccountsParts): AppserviceAccounts {
  const { db, log, now, serverName, registry, names, logins } = parts;

  function appserviceOf(token: string | undefined): Appservice {
    if (token === undefined)
      throw new MatrixError('M_MISSING_TOKEN', 'The token of the application service is needed.');
    const appservice = registry.byToken(token);
    if (appservice === undefined) throw new MatrixError('M_UNKNOWN_TOKEN', 'This is no application service.');
    return appservice;
  }

  return {
    async register(token, { username, device }) {
      const { id } = appserviceOf(token);
      if (username === undefined) throw new MatrixError('M_MISSING_PARAM', 'A user name is needed.');
      const userId = makeUserId(username, serverName);
      if (!isUserId(userId)) throw new MatrixError('M_INVALID_USERNAME', 'This can not be a user name.');
      names.checkUser(userId, id);
      return log.write(async (unit) => {
        if ((await getUser(unit, userId)) !== undefined)
          throw new MatrixError('M_USER_IN_USE', 'This user name is taken.');
        await insertAppserviceUser(unit, userId, now());
        return device === undefined ? { userId } : { userId, login: await logins.begin(unit, { userId, ...device }) };
      });
    },
    async logIn(token, user, device) {
      const { id } = appserviceOf(token);
      const userId = user.startsWith('@') ? user : makeUserId(user, serverName);
      names.checkUser(userId, id);
      const account = parseUserId(userId)?.serverName === serverName ? await getUser(db, userId) : undefined;
      if (account === undefined) throw new MatrixError('M_FORBIDDEN', 'There is nobody of this name.');
      if (account.isDeactivated === 1)
        throw new MatrixError('M_USER_DEACTIVATED', 'This account has been deactivated.');
      return { userId, ...(await logins.logIn({ userId, ...device })) };
    },
  };
}

/** Makes the account of one of an application service's people; it has no password. */
export async function insertAppserviceUser(unit: Unit, userId: string, nowMs: number): Promise<void> {
  await insertUser(unit, { userId, kind: 'appservice', passwordHash: null, isAdmin: 0, createdAtMs: nowMs });
  const name = userId.slice(1, userId.indexOf(':'));
  await putProfileField(unit, userId, { field: 'displayname', value: JSON.stringify(name) });
}
