import type { Queryable } from '@sotto/sql';
import { isHashUsed, listExpiredMedia } from '../../store/media.ts';
import type { MediaFiles } from './media-files.ts';

/**
 * Clears away places that were never filled, what was kept for a while, half-written files, and files that no row names
 * (a stop came between the file and its row). Files younger than an hour are let be: their row may be on its way.
 */
export function createSweeper(parts: {
  db: Queryable;
  files: MediaFiles;
  now: () => number;
  mayCleanUp: () => boolean;
  remove: (mediaId: string) => Promise<void>;
  /** Takes the bytes away unless a row names them after all. */
  removeFile: (sha256: string) => Promise<void>;
}): { sweep(): Promise<void>; close(): void } {
  const { db, files, now, mayCleanUp, remove, removeFile } = parts;
  let isClosed = false;

  async function sweep(): Promise<void> {
    if (!mayCleanUp()) return;
    for (const mediaId of await listExpiredMedia(db, now())) await remove(mediaId).catch(() => undefined);
    const before = now() - graceMs;
    await files.clearTemporary(before);
    for await (const sha256 of files.olderThan(before)) {
      if (isClosed) return;
      if (!(await isHashUsed(db, sha256))) await removeFile(sha256);
    }
  }
  // What could not be cleared away is met again the next time.
  const timer = setInterval(() => sweep().catch(() => undefined), everyMs).unref();
  return {
    sweep,
    close() {
      isClosed = true;
      clearInterval(timer);
    },
  };
}

const everyMs = 6 * 3_600_000;
const graceMs = 3_600_000;
