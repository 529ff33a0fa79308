import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { listPeople, type PersonRow } from '../../store/admin-lists.ts';
import { type Device, listDevices } from '../../store/devices.ts';
import { countMediaOf } from '../../store/media.ts';
import { listRoomIdsOfUser } from '../../store/memberships.ts';
import { getStoredBytes } from '../../store/stored-bytes.ts';
import { listThreepids } from '../../store/threepids.ts';
import { setPasswordHash } from '../../store/users.ts';
import type { Accounts } from '../accounts/index.ts';
import type { NewAccount } from '../accounts/register.ts';
import type { Audit } from './audit.ts';

export interface PersonPage {
  search?: string | undefined;
  after?: string | undefined;
  limit: number;
}

/** A person with what an admin may know: never what they write, and never from where they came. */
export interface PersonDetails {
  person: PersonRow;
  devices: Device[];
  emails: string[];
  joinedRooms: number;
  media: { count: number; bytes: number };
  accountDataBytes: number;
  keyBackupBytes: number;
}

export interface AdminPeople {
  list(page: PersonPage): Promise<PersonRow[]>;
  /** @throws MatrixError M_NOT_FOUND */
  get(userId: string): Promise<PersonDetails>;
  /** @throws MatrixError M_USER_IN_USE, M_INVALID_USERNAME, M_WEAK_PASSWORD */
  create(actor: string | null, account: CreatedAccount): ReturnType<Accounts['registration']['register']>;
  /** @throws MatrixError M_NOT_FOUND, M_FORBIDDEN for the last admin */
  deactivate(actor: string, person: { userId: string; isErased: boolean }): Promise<void>;
  /** @throws MatrixError M_NOT_FOUND, M_WEAK_PASSWORD */
  resetPassword(actor: string, reset: { userId: string; password: string; logoutDevices: boolean }): Promise<void>;
  /** Ends one login, or all. @throws MatrixError M_NOT_FOUND */
  signOut(actor: string, login: { userId: string; deviceId?: string | undefined }): Promise<void>;
  /** @throws MatrixError M_NOT_FOUND, M_FORBIDDEN for the last admin */
  setAdmin(actor: string, change: { userId: string; isAdmin: boolean }): Promise<void>;
  /** @throws MatrixError M_NOT_FOUND, M_FORBIDDEN, M_INVALID_PARAM */
  restrict(
    actor: string,
    change: { userId: string; restriction: 'locked' | 'suspended'; isSet: boolean },
  ): Promise<void>;
}

export interface CreatedAccount extends Pick<NewAccount, 'username' | 'displayName' | 'device'> {
  /** Without one nobody gets in until it is set. */
  password?: string | undefined;
  isAdmin?: boolean;
}

export function createAdminPeople(parts: { db: Queryable; accounts: Accounts; audit: Audit }): AdminPeople {
  const { db, accounts, audit } = parts;
  const { registration, deactivations, logouts, moderation } = accounts;

  async function find(userId: string): Promise<PersonRow> {
    const [person] = await listPeople(db, { exact: userId, limit: 1 });
    if (person === undefined) throw new MatrixError('M_NOT_FOUND', 'There is no such person here.');
    return person;
  }

  return {
    list: (page) => listPeople(db, page),
    async get(userId) {
      const person = await find(userId);
      const [devices, threepids, rooms, media, accountDataBytes, keyBackupBytes] = await Promise.all([
        listDevices(db, userId),
        listThreepids(db, userId),
        listRoomIdsOfUser(db, userId, 'join'),
        countMediaOf(db, userId),
        getStoredBytes(db, userId, 'account_data'),
        getStoredBytes(db, userId, 'key_backup'),
      ]);
      const emails = threepids.map(({ address }) => address);
      return { person, devices, emails, joinedRooms: rooms.length, media, accountDataBytes, keyBackupBytes };
    },
    async create(actor, { password, ...account }) {
      const passwordHash = password === undefined ? undefined : await registration.hashPassword(password);
      return registration.register({ kind: 'user', ...account, passwordHash }, (unit, target) =>
        audit.record(unit, { actor, action: 'person.create', target, details: { is_admin: account.isAdmin ?? false } }),
      );
    },
    async deactivate(actor, { userId, isErased }) {
      const change = { actor, action: 'person.deactivate', target: userId, details: { erase: isErased } };
      await audit.write(change, (unit) => deactivations.end(unit, { userId, isErased }));
      await deactivations.leaveRooms();
    },
    async resetPassword(actor, { userId, password, logoutDevices }) {
      if ((await find(userId)).isDeactivated === 1)
        throw new MatrixError('M_USER_DEACTIVATED', 'This account has been deactivated.');
      const passwordHash = await registration.hashPassword(password);
      const details = { logout_devices: logoutDevices };
      await audit.write({ actor, action: 'person.reset_password', target: userId, details }, async (unit) => {
        await setPasswordHash(unit, userId, passwordHash);
        if (logoutDevices) await logouts.removeAll(unit, userId);
      });
    },
    async signOut(actor, { userId, deviceId }) {
      await find(userId);
      const details = { device_id: deviceId };
      await audit.write({ actor, action: 'person.sign_out', target: userId, details }, (unit) =>
        deviceId === undefined ? logouts.removeAll(unit, userId) : logouts.removeDevice(unit, userId, deviceId),
      );
    },
    setAdmin: (actor, { userId, isAdmin }) =>
      audit.write({ actor, action: 'person.set_admin', target: userId, details: { is_admin: isAdmin } }, (unit) =>
        moderation.setAdmin(unit, userId, isAdmin),
      ),
    restrict: (actor, { userId, restriction, isSet }) =>
      audit.write(
        { actor, action: `person.${restriction}`, target: userId, details: { [restriction]: isSet } },
        (unit) => moderation.set(unit, { actor, userId, restriction, isSet }),
      ),
  };
}
