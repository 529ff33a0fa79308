import fs from 'node:fs';
import path from 'node:path';
import { StorageError } from '../errors.ts';

/** Writes what the operating system holds of a file to the disk. Replaced in tests that cut the power. */
export type SyncFile = (fd: number) => Promise<void>;

export const fdatasync: SyncFile = (fd) =>
  new Promise((resolve, reject) => {
    fs.fdatasync(fd, (error) => (error ? reject(error) : resolve()));
  });

export interface DiskSync {
  sync(): Promise<void>;
  close(): void;
}

/**
 * Syncs the WAL file by Node's thread pool. The WAL may be opened by the process itself: SQLite's locks live on the
 * -shm file. (The database file must not be: closing a second descriptor of it drops SQLite's POSIX locks.)
 */
export function openDiskSync(walPath: string, syncFile: SyncFile): DiskSync {
  const fd = fs.openSync(walPath, 'r+');
  // A file that was just made is only there after a power loss when its folder was synced too.
  const folder = fs.openSync(path.dirname(walPath), 'r');
  fs.fsyncSync(folder);
  fs.closeSync(folder);
  return {
    async sync() {
      try {
        await syncFile(fd);
      } catch (error) {
        throw new StorageError('the disk did not confirm the write', { cause: error });
      }
    },
    close: () => fs.closeSync(fd),
  };
}
