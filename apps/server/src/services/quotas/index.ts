/**
 * Quotas: how much one person may have here, so that nobody fills the disk for all. What is stored is counted by `store/`
 * in the unit of work that stores it; here it is compared. Imports `store/` and `log/`.
 */
import { type JsonObject, MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { Unit } from '../../log/writer.ts';
import { countDevices } from '../../store/devices.ts';
import { countJoinedRooms } from '../../store/memberships.ts';
import { getStoredBytes, type Stored, type StoredKind } from '../../store/stored-bytes.ts';

/** `quotas.*` of the configuration: the most that one person may have; 0 is no limit. */
export interface QuotaLimits {
  mediaBytes: number;
  accountDataBytes: number;
  keyBackupBytes: number;
  /** What may wait from one person at one device of another. */
  waitingBytes: number;
  devices: number;
  rooms: number;
}

/** Each throws MatrixError M_USER_LIMIT_EXCEEDED (specification, "Common error codes") where it would be too much. */
export interface Quotas {
  /** For what was just stored. What becomes less is never refused, also not over the limit. */
  checkStored(stored: Stored): void;
  /** Before a file is received, so that nothing is written for nothing. */
  checkRoomFor(db: Queryable, userId: string, kind: StoredKind): Promise<void>;
  /** Before a login begins on a device that is new. */
  checkDevices(unit: Unit, userId: string): Promise<void>;
  /** Before somebody comes into one more room. */
  checkRooms(unit: Unit, userId: string): Promise<void>;
  /**
   * Counts what a request writes beyond what it was sent as against what a person may send in a day.
   * @throws MatrixError M_LIMIT_EXCEEDED
   */
  takeBytes(userId: string, bytes: number): void;
  readonly waitingBytes: number;
}

/** For whoever is to have no limits. */
export const noQuotaLimits: QuotaLimits = {
  mediaBytes: 0,
  accountDataBytes: 0,
  keyBackupBytes: 0,
  waitingBytes: 0,
  devices: 0,
  rooms: 0,
};

/** What a row takes beside its text, with its indexes: an event, and a message to a device. As measured, rounded up. */
export const rowBytes = { event: 1400, toDevice: 256 } as const;

/** About what an event with this content takes. */
export const bytesOfEvent = (content: JsonObject): number =>
  Buffer.byteLength(JSON.stringify(content)) + rowBytes.event;

export interface QuotaParts {
  limits: QuotaLimits;
  /** Where a person reads more, or whom they ask. */
  infoUri: () => string;
  /** Who has no limits: the people of application services. */
  isExempt: (userId: string) => boolean;
  /** @throws MatrixError M_LIMIT_EXCEEDED when a person has sent too much */
  takeBytes: (userId: string, bytes: number) => void;
}

const limitOf = { media: 'mediaBytes', account_data: 'accountDataBytes', key_backup: 'keyBackupBytes' } as const;

const wordsOf: Record<keyof QuotaLimits, string> = {
  mediaBytes: 'bytes of files',
  accountDataBytes: 'bytes of account data',
  keyBackupBytes: 'bytes of key backups',
  waitingBytes: 'bytes of waiting messages',
  devices: 'sessions; sign out of others first',
  rooms: 'rooms; leave others first',
};

export function createQuotas({ limits, infoUri, isExempt, takeBytes }: QuotaParts): Quotas {
  const most = (limit: keyof QuotaLimits) => (limits[limit] === 0 ? Number.POSITIVE_INFINITY : limits[limit]);

  function check(userId: string, limit: keyof QuotaLimits, amount: number): void {
    if (amount <= most(limit) || isExempt(userId)) return;
    throw new MatrixError('M_USER_LIMIT_EXCEEDED', `One person may have ${limits[limit]} ${wordsOf[limit]}.`, {
      extra: { info_uri: infoUri() },
    });
  }

  return {
    checkStored({ userId, kind, bytes, isMore }) {
      if (isMore) check(userId, limitOf[kind], bytes);
    },
    async checkRoomFor(db, userId, kind) {
      check(userId, limitOf[kind], (await getStoredBytes(db, userId, kind)) + 1);
    },
    async checkDevices(unit, userId) {
      check(userId, 'devices', (await countDevices(unit, userId)) + 1);
    },
    async checkRooms(unit, userId) {
      check(userId, 'rooms', (await countJoinedRooms(unit, userId)) + 1);
    },
    takeBytes(userId, bytes) {
      if (!isExempt(userId)) takeBytes(userId, bytes);
    },
    waitingBytes: most('waitingBytes'),
  };
}
