import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Database } from '../database.ts';
import { DatabaseRefusedError, StorageError } from '../errors.ts';
import { type Migration, migrate } from '../migrate.ts';
import { type CheckpointResult, createCheckpointer } from './checkpoint.ts';
import { createTransaction } from './connection.ts';
import { fdatasync, openDiskSync, type SyncFile } from './disk-sync.ts';
import { openSnapshots } from './snapshots.ts';

export interface SqliteOptions {
  /** Path of the database file; its folder must exist. */
  path: string;
  migrations: readonly Migration[];
  syncFile?: SyncFile;
  /** Bytes of WAL from which pages are copied back into the database. */
  checkpointBytes?: number;
  /** Bytes of WAL from which writes pause for the few milliseconds in which the WAL starts anew. */
  restartBytes?: number;
}

/**
 * Opens the embedded database: WAL, commits without a sync inside (`synchronous=NORMAL`), the sync beside the event
 * loop (docs/decisions/0002), checkpoints in a worker.
 * @throws DatabaseRefusedError when the file is damaged, not a database, or newer than this version.
 */
export async function openSqlite(options: SqliteOptions): Promise<Database> {
  const { path: file, checkpointBytes = 4 * 2 ** 20, restartBytes = 64 * 2 ** 20 } = options;
  const lock = lockFile(`${file}-lock`);
  const db = openWriter(file);
  const writer = createTransaction(db);
  try {
    await migrate(writer, options.migrations);
    // SQLite would wait inside of the call, and the whole process with it. Who writes waits beside the event loop.
    db.exec('PRAGMA busy_timeout=0');
  } catch (error) {
    db.close();
    lock.close();
    throw error;
  }
  const disk = openDiskSync(`${file}-wal`, options.syncFile ?? fdatasync);
  await disk.sync();
  const snapshots = openSnapshots(file);
  snapshots.prepare();
  snapshots.publish();
  const checkpointer = createCheckpointer(file);
  const bytesPerFrame = 4096 + 24;
  const walState = db.prepare('PRAGMA wal_checkpoint(NOOP)');
  let copying: Promise<unknown> | undefined;

  const copyPages = () => {
    copying ??= checkpointer
      .passive()
      .catch(() => undefined) // A checkpoint that failed costs only WAL length; the next one tries again.
      .finally(() => {
        copying = undefined;
      });
    return copying;
  };

  const pin = async () => snapshots.prepare();

  return {
    durable: snapshots.durable,
    writer,
    async sync() {
      // The disk begins first. Nothing is committed between the two, so what is pinned is what this sync covers.
      await Promise.all([disk.sync(), pin()]);
      snapshots.publish();
    },
    async repair() {
      // The pages are still in memory: copied into the database file and synced there, they no longer need the WAL.
      snapshots.release();
      const { log, checkpointed } = await checkpointer.restart().catch((error) => {
        throw new StorageError('the disk still refuses', { cause: error });
      });
      if (log !== checkpointed) throw new StorageError('the disk still refuses');
      await disk.sync();
      snapshots.prepare();
      snapshots.publish();
    },
    wantsPause() {
      const { log, checkpointed } = walState.get() as unknown as CheckpointResult;
      if ((log - checkpointed) * bytesPerFrame >= checkpointBytes) void copyPages();
      return log * bytesPerFrame >= restartBytes;
    },
    async pause() {
      await copyPages();
      // All that is committed is durable now, so reading without a pin shows nothing too early.
      snapshots.release();
      await checkpointer.restart().catch(() => undefined);
      snapshots.prepare();
      snapshots.publish();
    },
    async close() {
      await checkpointer.close();
      snapshots.close();
      disk.close();
      db.close();
      lock.close();
    },
  };
}

/** Held for the life of the process and let go of by the operating system, however the process ends. */
function lockFile(file: string): DatabaseSync {
  if (!fs.existsSync(path.dirname(file)))
    throw new DatabaseRefusedError(`There is no folder for the database ${file}.`);
  const lock = new DatabaseSync(file);
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw new DatabaseRefusedError('Another process already runs on this data folder. Only one server may own it.', {
      cause: error,
    });
  }
}

function openWriter(file: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: 2000 });
    db.exec(
      'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-65536',
    );
    // Makes the WAL exist, and touches the first pages: a file that is no database fails here.
    db.exec('BEGIN IMMEDIATE; PRAGMA user_version=1; COMMIT');
    return db;
  } catch (error) {
    db?.close();
    const code = (error as { errcode?: number }).errcode ?? 0;
    if ([11, 26].includes(code & 0xff)) {
      throw new DatabaseRefusedError(`The database ${file} is damaged or not a database. Restore it from a backup.`, {
        cause: error,
      });
    }
    throw error;
  }
}
