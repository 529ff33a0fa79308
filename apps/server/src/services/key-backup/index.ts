/**
 * Key backup: room keys that a person's devices keep here, encrypted with a key that the server does not have
 * (specification, "Server-side key backups"). Imports `store/` and `log/`; `quotas/` is given to it.
 */
import { fitsBytes, type JsonObject, MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import {
  type BackupKey,
  type BackupPlace,
  deleteBackupKeys,
  getKeyQuality,
  type KeyQuality,
  type KeySlice,
  listBackupKeys,
  putBackupKey,
} from '../../store/backup-keys.ts';
import {
  changeBackup,
  getCurrentKeyBackup,
  getKeyBackup,
  insertKeyBackup,
  type KeyBackup,
  markBackupDeleted,
  setBackupAuthData,
} from '../../store/key-backups.ts';
import { addStoredBytes, extraBytes } from '../../store/stored-bytes.ts';
import type { Quotas } from '../quotas/index.ts';
import { RawJson } from '../raw-json.ts';

export type { KeySlice } from '../../store/backup-keys.ts';

/** What every change of a backup's keys is answered with. */
export interface BackupState {
  etag: string;
  count: number;
}

/** A key as clients send it, its types checked. */
export interface SentKey {
  first_message_index: number;
  forwarded_count: number;
  is_verified: boolean;
  session_data: JsonObject;
}

/** Keys by room, by session. */
export type KeysByRoom = Readonly<Record<string, { sessions: Readonly<Record<string, SentKey>> }>>;

/** Whose backup, and its version as clients name it. */
export interface BackupName {
  userId: string;
  version: string;
}

/** Keys as they were stored, by room and session. */
export type StoredKeys = Map<string, Map<string, RawJson>>;

export interface KeyBackups {
  /**
   * Begins a new backup and resolves with its version. The ones before stay readable.
   * @throws MatrixError M_USER_LIMIT_EXCEEDED, as `update` and `store` do
   */
  create(userId: string, backup: { algorithm: string; authData: JsonObject }): Promise<string>;
  /** The current backup, or the one of this version. @throws MatrixError M_NOT_FOUND */
  describe(userId: string, version?: string): Promise<Record<string, unknown>>;
  /** @throws MatrixError M_NOT_FOUND, M_INVALID_PARAM */
  update(name: BackupName, change: { algorithm: string; authData: JsonObject; version?: string }): Promise<void>;
  /** Deletes a backup with its keys. Deleting it twice is no error. @throws MatrixError M_NOT_FOUND */
  remove(name: BackupName): Promise<void>;
  /** Stores keys where they are better than what is there. @throws MatrixError M_NOT_FOUND, M_WRONG_ROOM_KEYS_VERSION */
  store(name: BackupName, keys: KeysByRoom): Promise<BackupState>;
  /** The keys of a place, by room and session, as stored. @throws MatrixError M_NOT_FOUND */
  read(name: BackupName, place?: Pick<BackupPlace, 'roomId' | 'sessionId'>): Promise<StoredKeys>;
  /** A part of all keys, and where the next one begins; without it, this was the last. @throws MatrixError M_NOT_FOUND */
  readSlice(name: BackupName, slice: KeySlice): Promise<{ keys: StoredKeys; next?: KeySlice['after'] }>;
  /** @throws MatrixError M_NOT_FOUND when there is no such backup */
  removeKeys(name: BackupName, place?: Pick<BackupPlace, 'roomId' | 'sessionId'>): Promise<BackupState>;
}

const notFound = () => new MatrixError('M_NOT_FOUND', 'There is no such backup.');
const stateOf = ({ etag, keyCount }: Pick<KeyBackup, 'etag' | 'keyCount'>) => ({ etag: `${etag}`, count: keyCount });

export function createKeyBackups(parts: { db: Queryable; log: LogWriter; quotas: Quotas }): KeyBackups {
  const { db, log, quotas } = parts;
  return {
    async create(userId, { algorithm, authData }) {
      checkId(algorithm, 'algorithm');
      const backup = { algorithm, authData: JSON.stringify(authData) };
      return log.write(async (unit) => {
        const { version, stored } = await insertKeyBackup(unit, userId, backup);
        quotas.checkStored(stored);
        return `${version}`;
      });
    },
    async describe(userId, version) {
      const backup =
        version === undefined ? await getCurrentKeyBackup(db, userId) : await find(db, { userId, version });
      if (backup === undefined) throw notFound();
      const { algorithm, authData } = backup;
      return { algorithm, auth_data: new RawJson(authData), version: `${backup.version}`, ...stateOf(backup) };
    },
    async update(name, { algorithm, authData, version }) {
      if (version !== undefined && version !== name.version)
        throw new MatrixError('M_INVALID_PARAM', 'The version in the body is not the one of the path.');
      await log.write(async (unit) => {
        const backup = await find(unit, name);
        if (backup.algorithm !== algorithm)
          throw new MatrixError('M_INVALID_PARAM', 'The algorithm of a backup never changes.');
        const change = { version: backup.version, authData: JSON.stringify(authData) };
        quotas.checkStored(await setBackupAuthData(unit, name.userId, change));
      });
    },
    remove: ({ userId, version }) =>
      log.write(async (unit) => {
        const backup = await getKeyBackup(unit, userId, versionNumber(version));
        if (backup === undefined) throw notFound();
        if (backup.isDeleted === 1) return;
        await deleteBackupKeys(unit, { userId, version: backup.version });
        await markBackupDeleted(unit, userId, backup.version);
      }),
    async store(name, keys) {
      const sent = readKeys(keys);
      return log.write(async (unit) => {
        const { version, ...before } = await findCurrent(unit, name);
        const place = { userId: name.userId, version };
        let [{ etag, keyCount }, bytes] = [before, 0];
        for (const key of sent) {
          const known = await getKeyQuality(unit, place, key);
          if (known !== undefined && !isBetter(key, known)) continue;
          await putBackupKey(unit, place, key);
          bytes += Buffer.byteLength(key.json) - (known?.bytes ?? -extraBytes.key_backup);
          etag = before.etag + 1;
          if (known === undefined) keyCount++;
        }
        if (etag === before.etag) return stateOf({ etag, keyCount });
        await changeBackup(unit, name.userId, { version, etag, keyCount });
        quotas.checkStored(await addStoredBytes(unit, { userId: name.userId, kind: 'key_backup', bytes }));
        return stateOf({ etag, keyCount });
      });
    },
    async read(name, place = {}) {
      const { version } = await find(db, name);
      return byRoom(await listBackupKeys(db, { userId: name.userId, version, ...place }));
    },
    async readSlice(name, slice) {
      const { version } = await find(db, name);
      const rows = await listBackupKeys(db, { userId: name.userId, version }, slice);
      const last = rows.length < slice.limit ? undefined : rows.at(-1);
      return {
        keys: byRoom(rows),
        ...(last && { next: { roomId: last.roomId, sessionId: last.sessionId } }),
      };
    },
    removeKeys: (name, place = {}) =>
      log.write(async (unit) => {
        const backup = await find(unit, name);
        const { version, etag, keyCount } = backup;
        const removed = await deleteBackupKeys(unit, { userId: name.userId, version, ...place });
        if (removed === 0) return stateOf(backup);
        const after = { version, etag: etag + 1, keyCount: keyCount - removed };
        await changeBackup(unit, name.userId, after);
        return stateOf(after);
      }),
  };
}

function byRoom(rows: readonly Pick<BackupKey, 'roomId' | 'sessionId' | 'json'>[]): StoredKeys {
  const rooms: StoredKeys = new Map();
  for (const { roomId, sessionId, json } of rows) {
    const sessions = rooms.get(roomId) ?? new Map<string, RawJson>();
    rooms.set(roomId, sessions.set(sessionId, new RawJson(json)));
  }
  return rooms;
}

/** Versions are numbers told as text; whatever else is asked for does not exist. */
function versionNumber(version: string): number {
  return /^[1-9]\d{0,14}$/.test(version) ? Number(version) : 0;
}

async function find(db: Queryable, { userId, version }: BackupName): Promise<KeyBackup> {
  const backup = await getKeyBackup(db, userId, versionNumber(version));
  if (backup === undefined || backup.isDeleted === 1) throw notFound();
  return backup;
}

/** The backup that is written to: the newest alone. */
async function findCurrent(db: Queryable, name: BackupName): Promise<KeyBackup> {
  const backup = await find(db, name);
  const current = await getCurrentKeyBackup(db, name.userId);
  if (current === undefined) throw notFound();
  if (current.version !== backup.version) {
    throw new MatrixError('M_WRONG_ROOM_KEYS_VERSION', 'Keys are written to the current backup alone.', {
      extra: { current_version: `${current.version}` },
    });
  }
  return backup;
}

/** Which of two keys is kept (specification, "Server-side key backups"). */
function isBetter(key: KeyQuality, known: KeyQuality): boolean {
  if (key.isVerified !== known.isVerified) return key.isVerified === 1;
  if (key.firstMessageIndex !== known.firstMessageIndex) return key.firstMessageIndex < known.firstMessageIndex;
  return key.forwardedCount < known.forwardedCount;
}

function readKeys(rooms: KeysByRoom): BackupKey[] {
  return Object.entries(rooms).flatMap(([roomId, { sessions }]) => {
    checkId(roomId, 'room id');
    return Object.entries(sessions).map(([sessionId, key]) => {
      checkId(sessionId, 'session id');
      return {
        roomId,
        sessionId,
        isVerified: key.is_verified ? 1 : 0,
        firstMessageIndex: key.first_message_index,
        forwardedCount: key.forwarded_count,
        json: JSON.stringify(key),
      };
    });
  });
}

function checkId(value: string, what: string): void {
  if (value === '' || !fitsBytes(value)) throw new MatrixError('M_INVALID_PARAM', `The ${what} has 1 to 255 bytes.`);
}
