import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { MatrixError } from '@sotto/protocol';

/** Bytes that have arrived whole and lie safely on disk, but have no place yet. */
export interface ReceivedFile {
  temporaryPath: string;
  /** Hexadecimal. */
  sha256: string;
  byteSize: number;
}

/**
 * Files by the hash of their bytes: `ab/cd/<the other 60 digits>`. A name is never built from anything that a person
 * chose, so that no path can leave the folder. What is there is whole: it is written elsewhere, synced, then renamed.
 */
export interface MediaFiles {
  /** @throws MatrixError M_TOO_LARGE as soon as the limit is passed; M_UNKNOWN when it is cut off or the disk is full */
  receive(bytes: AsyncIterable<Uint8Array>, maxBytes: number): Promise<ReceivedFile>;
  /** Puts it into its place; nothing is written when the same bytes are there already. */
  keep(file: ReceivedFile): Promise<void>;
  discard(file: ReceivedFile): Promise<void>;
  pathOf(sha256: string): string;
  /** Where a picture made from these bytes lies; `name` is one of ours. */
  thumbnailPathOf(sha256: string, name: string): string;
  /**
   * Writes a made picture whole or not at all.
   * @throws MatrixError M_NOT_FOUND when the bytes that it was made from have been taken away meanwhile
   */
  writeThumbnail(sha256: string, file: string, bytes: Uint8Array): Promise<void>;
  /** Takes the bytes away, and what was made from them. */
  remove(sha256: string): Promise<void>;
  /** Hashes of all files that were written before this time. */
  olderThan(timeMs: number): AsyncGenerator<string>;
  /** Takes away what was half-written before this time, in milliseconds. */
  clearTemporary(beforeMs: number): Promise<void>;
}

export function createMediaFiles({
  folder,
  random,
}: {
  folder: string;
  random: (length: number) => string;
}): MediaFiles {
  const temporaryFolder = path.join(folder, 'incoming');
  const partsOf = (sha256: string) => [sha256.slice(0, 2), sha256.slice(2, 4), sha256.slice(4)] as const;
  const pathOf = (sha256: string) => path.join(folder, ...partsOf(sha256));
  const thumbnailFolderOf = (sha256: string) => path.join(folder, 'thumbnails', ...partsOf(sha256));

  async function writeTemporary(write: (handle: FileHandle) => Promise<void>): Promise<string> {
    await mkdir(temporaryFolder, { recursive: true, mode: 0o700 });
    const temporaryPath = path.join(temporaryFolder, random(24));
    const handle = await open(temporaryPath, 'wx', 0o600);
    try {
      await write(handle);
      await handle.datasync();
      await handle.close();
      return temporaryPath;
    } catch (error) {
      await handle.close().catch(() => undefined);
      await rm(temporaryPath, { force: true });
      throw error;
    }
  }

  return {
    async receive(bytes, maxBytes) {
      const hash = createHash('sha256');
      let byteSize = 0;
      try {
        const temporaryPath = await writeTemporary(async (handle) => {
          for await (const chunk of bytes) {
            byteSize += chunk.byteLength;
            if (byteSize > maxBytes) throw tooLarge(maxBytes);
            hash.update(chunk);
            // Unlike `write`, it goes on where the disk took only a part, until it takes the rest or refuses.
            await handle.appendFile(chunk);
          }
        });
        return { temporaryPath, sha256: hash.digest('hex'), byteSize };
      } catch (error) {
        throw asMatrixError(error);
      }
    },
    async keep({ sha256, temporaryPath }) {
      const place = pathOf(sha256);
      if (await exists(place)) return rm(temporaryPath, { force: true });
      await makeFolder(path.dirname(place), folder);
      await rename(temporaryPath, place);
      await syncFolder(path.dirname(place));
    },
    discard: ({ temporaryPath }) => rm(temporaryPath, { force: true }),
    pathOf,
    thumbnailPathOf: (sha256, name) => path.join(thumbnailFolderOf(sha256), name),
    async writeThumbnail(sha256, file, bytes) {
      const temporaryPath = await writeTemporary((handle) => handle.appendFile(bytes));
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      await rename(temporaryPath, file);
      // Looked at last: who takes the bytes away takes the pictures after them.
      if (await exists(pathOf(sha256))) return;
      await rm(thumbnailFolderOf(sha256), { recursive: true, force: true });
      throw new MatrixError('M_NOT_FOUND', 'There is no such file.');
    },
    async remove(sha256) {
      await rm(pathOf(sha256), { force: true });
      await rm(thumbnailFolderOf(sha256), { recursive: true, force: true });
    },
    async *olderThan(timeMs) {
      for (const first of await hexFolders(folder)) {
        for (const second of await hexFolders(path.join(folder, first))) {
          for (const rest of await readdir(path.join(folder, first, second))) {
            const sha256 = first + second + rest;
            if (/^[0-9a-f]{64}$/.test(sha256) && (await stat(pathOf(sha256))).mtimeMs < timeMs) yield sha256;
          }
        }
      }
    },
    async clearTemporary(beforeMs) {
      for (const name of await readdir(temporaryFolder).catch(() => [])) {
        const file = path.join(temporaryFolder, name);
        if ((await stat(file)).mtimeMs < beforeMs) await rm(file, { force: true });
      }
    },
  };
}

const tooLarge = (maxBytes: number) =>
  new MatrixError('M_TOO_LARGE', `A file may have at most ${maxBytes} bytes here.`);

/** What went wrong on the way in, as the one who sends it may know it. */
function asMatrixError(error: unknown): unknown {
  if (error instanceof MatrixError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EIO', 'EMFILE', 'ENFILE'].includes(code))
    return new MatrixError('M_UNKNOWN', 'The server cannot store files right now.', {
      status: 503,
      extra: { retry_after_ms: 5000 },
      cause: error,
    });
  if (['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR'].includes(code))
    return new MatrixError('M_UNKNOWN', 'The upload was cut off.', { status: 400, cause: error });
  return error;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

const hexFolders = async (folder: string) =>
  (await readdir(folder).catch(() => [])).filter((name) => /^[0-9a-f]{2}$/.test(name));

/** Makes the folder, and syncs those above it where they are new, so that a loss of power takes none away. */
async function makeFolder(folder: string, root: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let each = path.dirname(folder); each.startsWith(root); each = path.dirname(each)) await syncFolder(each);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
