/**
 * Media: files that people upload, by the hash of their bytes in a folder, and pictures made of them (specification,
 * "Content repository"). Imports `store/` and `log/`; `quotas/` is given to it.
 */
import type { ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { MatrixError, makeMxcUri } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import {
  countEmptyPlaces,
  deleteMedia,
  fillMedia,
  getMedia,
  insertMedia,
  isHashQuarantined,
  isHashUsed,
  listMediaOf,
  type MediaRow,
  setQuarantined,
} from '../../store/media.ts';
import type { Quotas } from '../quotas/index.ts';
import type { RandomText } from '../random-text.ts';
import { createArrivals, type Patience } from './arrivals.ts';
import { createHashLocks } from './hash-locks.ts';
import { createMediaFiles, type ReceivedFile } from './media-files.ts';
import { createSweeper } from './sweep.ts';
import { createThumbnails, type ThumbnailWish } from './thumbnails.ts';

export type { Patience };

export interface Upload {
  /** Among whose files it counts; undefined for what the server keeps for all. */
  userId: string | undefined;
  bytes: AsyncIterable<Uint8Array>;
  contentType: string | undefined;
  fileName: string | undefined;
  /** For what is kept for a while only. */
  expiresAtMs?: number;
}

/** A file that is ready to be sent. */
export interface OpenFile {
  contentType: string;
  fileName: string | undefined;
  byteSize: number;
  /** The bytes from `start` to `end`, both included. Read it or `close`. */
  read(range?: { start: number; end: number }): ReadStream;
  close(): Promise<void>;
}

export interface Media {
  readonly maxUploadBytes: number;
  /** Gives the `mxc://` URI. @throws MatrixError M_TOO_LARGE, M_USER_LIMIT_EXCEEDED */
  upload(upload: Upload): Promise<string>;
  /** A place to be filled within a day. @throws MatrixError M_LIMIT_EXCEEDED when too many are empty */
  createPlace(userId: string): Promise<{ uri: string; expiresAtMs: number }>;
  /** @throws MatrixError M_FORBIDDEN, M_NOT_FOUND, M_CANNOT_OVERWRITE_MEDIA, M_TOO_LARGE, M_USER_LIMIT_EXCEEDED */
  fillPlace(mediaId: string, upload: Upload): Promise<void>;
  /** @throws MatrixError M_NOT_FOUND, also when it is quarantined; M_NOT_YET_UPLOADED */
  open(mediaId: string, patience: Patience): Promise<OpenFile>;
  /** The same for a picture of about this size. @throws MatrixError as `open`; M_UNKNOWN 400, M_TOO_LARGE */
  openThumbnail(mediaId: string, patience: Patience, wish: ThumbnailWish): Promise<OpenFile>;
  listOf(userId: string, page: { limit: number; before?: number }): Promise<MediaRow[]>;
  /** Hides these bytes from everybody, under whatever id they were or will be uploaded. @throws MatrixError M_NOT_FOUND */
  quarantine(mediaId: string, isQuarantined: boolean, also?: AlsoWrite): Promise<void>;
  /** Takes the file away for good. @throws MatrixError M_NOT_FOUND */
  remove(mediaId: string, also?: AlsoWrite): Promise<void>;
  /** Clears away what has expired or belongs to nothing. */
  sweep(): Promise<void>;
  close(): void;
}

/** What is written in the same unit of work. */
type AlsoWrite = (unit: Unit) => Promise<void>;

export interface MediaParts {
  db: Queryable;
  log: LogWriter;
  now: () => number;
  /** Whether the sweep may take anything away. */
  mayCleanUp: () => boolean;
  random: RandomText;
  serverName: string;
  folder: string;
  maxUploadBytes: number;
  quotas: Quotas;
}

/** Held for each who reads slowly. */
const readAheadBytes = 32_768;
const placeLifetimeMs = 24 * 3_600_000;
const mostEmptyPlaces = 20;
const longestName = 255;
const unknownFile = () => new MatrixError('M_NOT_FOUND', 'There is no such file.');

export function createMedia(parts: MediaParts): Media {
  const { db, log, now, mayCleanUp, random, serverName, maxUploadBytes, quotas } = parts;
  const files = createMediaFiles(parts);
  const locks = createHashLocks();
  const arrivals = createArrivals();
  const makeThumbnail = createThumbnails(files);

  /** Reads the bytes, unless there is no room for them. */
  async function receive({ userId, bytes }: Upload): Promise<ReceivedFile> {
    if (userId !== undefined) await quotas.checkRoomFor(db, userId, 'media');
    return files.receive(bytes, maxUploadBytes);
  }

  /** Puts the bytes into their place and writes of them, so that no removal of the same bytes comes between. */
  async function keep(file: ReceivedFile, write: (unit: Unit, isQuarantined: number) => Promise<void>): Promise<void> {
    await locks.hold(file.sha256, async () => {
      try {
        await files.keep(file);
        await log.write(async (unit) => write(unit, (await isHashQuarantined(unit, file.sha256)) ? 1 : 0));
      } catch (error) {
        // Nothing of it was written; after another error the row may be there all the same.
        if (error instanceof MatrixError && error.errcode === 'M_USER_LIMIT_EXCEEDED') await dropUnused(file.sha256);
        throw error;
      } finally {
        await files.discard(file);
      }
    });
  }

  const described = ({ contentType = '', fileName }: Upload, { sha256, byteSize }: ReceivedFile) => ({
    sha256,
    byteSize,
    contentType: contentType.length > longestName ? '' : contentType,
    fileName: fileName === undefined || fileName === '' ? null : fileName.slice(0, longestName),
  });

  async function take(mediaId: string): Promise<MediaRow> {
    const row = await getMedia(db, mediaId);
    const hasEnded = row?.expiresAtMs !== null && (row?.expiresAtMs ?? 0) <= now();
    if (row === undefined || hasEnded || row.isQuarantined === 1) throw unknownFile();
    return row;
  }

  /** The file, once it is there. */
  async function find(mediaId: string, patience: Patience): Promise<MediaRow & { sha256: string }> {
    const row = await arrivals.wait(mediaId, patience, async () => {
      const found = await take(mediaId);
      return found.sha256 === null ? undefined : { ...found, sha256: found.sha256 };
    });
    if (row === undefined) throw new MatrixError('M_NOT_YET_UPLOADED', 'The file has not been uploaded yet.');
    return row;
  }

  async function openPath(path: string, described: Pick<OpenFile, 'contentType' | 'fileName'>): Promise<OpenFile> {
    const handle = await open(path, 'r').catch(() => undefined);
    if (handle === undefined) throw unknownFile();
    const { size: byteSize } = await handle.stat();
    return {
      ...described,
      byteSize,
      // The stream closes the file, however it ends.
      read: (range = { start: 0, end: byteSize - 1 }) =>
        handle.createReadStream({ ...range, highWaterMark: readAheadBytes }),
      close: () => handle.close(),
    };
  }

  /** While the hash is held. */
  async function dropUnused(sha256: string): Promise<void> {
    if (!(await log.write((unit) => isHashUsed(unit, sha256)))) await files.remove(sha256);
  }

  const removeFile = (sha256: string) => locks.hold(sha256, () => dropUnused(sha256));

  async function remove(mediaId: string, also?: AlsoWrite): Promise<void> {
    const sha256 = await log.write(async (unit) => {
      if ((await getMedia(unit, mediaId)) === undefined) throw unknownFile();
      await also?.(unit);
      return deleteMedia(unit, mediaId);
    });
    if (sha256 !== undefined) await removeFile(sha256);
  }

  const sweeper = createSweeper({ db, files, now, mayCleanUp, removeFile, remove });

  return {
    maxUploadBytes,
    async upload(upload) {
      const file = await receive(upload);
      const mediaId = random(24);
      const { userId, expiresAtMs = null } = upload;
      await keep(file, async (unit, isQuarantined) => {
        const row = { mediaId, userId: userId ?? '', expiresAtMs, isQuarantined, createdAtMs: now() };
        const stored = await insertMedia(unit, { ...row, ...described(upload, file) });
        if (userId !== undefined) quotas.checkStored(stored);
      });
      return makeMxcUri(serverName, mediaId);
    },
    createPlace: (userId) =>
      log.write(async (unit) => {
        const createdAtMs = now();
        if ((await countEmptyPlaces(unit, userId, createdAtMs)) >= mostEmptyPlaces)
          throw new MatrixError('M_LIMIT_EXCEEDED', 'Fill the places you have asked for first.', {
            extra: { retry_after_ms: 60_000 },
          });
        const expiresAtMs = createdAtMs + placeLifetimeMs;
        const mediaId = random(24);
        const empty = { sha256: null, byteSize: 0, contentType: '', fileName: null, isQuarantined: 0 };
        await insertMedia(unit, { mediaId, userId, createdAtMs, expiresAtMs, ...empty });
        return { uri: makeMxcUri(serverName, mediaId), expiresAtMs };
      }),
    async fillPlace(mediaId, upload) {
      const check = ({ userId, sha256 }: MediaRow) => {
        if (userId !== upload.userId) throw new MatrixError('M_FORBIDDEN', 'This place was made for somebody else.');
        if (sha256 !== null)
          throw new MatrixError('M_CANNOT_OVERWRITE_MEDIA', 'There is a file in this place already.');
      };
      check(await take(mediaId));
      const file = await receive(upload);
      await keep(file, async (unit, isQuarantined) => {
        const row = await getMedia(unit, mediaId);
        if (row === undefined) throw unknownFile();
        check(row);
        const filled = { mediaId, userId: row.userId, isQuarantined, ...described(upload, file) };
        quotas.checkStored(await fillMedia(unit, filled));
        unit.afterwards(() => arrivals.tell(mediaId));
      });
    },
    async open(mediaId, patience) {
      const { sha256, contentType, fileName } = await find(mediaId, patience);
      return openPath(files.pathOf(sha256), { contentType, fileName: fileName ?? undefined });
    },
    async openThumbnail(mediaId, patience, wish) {
      const { sha256 } = await find(mediaId, patience);
      const { path, contentType } = await makeThumbnail(sha256, wish);
      return openPath(path, { contentType, fileName: `thumbnail.${contentType.slice('image/'.length)}` });
    },
    listOf: (userId, page) => listMediaOf(db, userId, page),
    quarantine: (mediaId, isQuarantined, also) =>
      log.write(async (unit) => {
        const row = await getMedia(unit, mediaId);
        if (row === undefined || row.sha256 === null) throw unknownFile();
        await setQuarantined(unit, row.sha256, isQuarantined);
        await also?.(unit);
      }),
    remove,
    sweep: sweeper.sweep,
    close: sweeper.close,
  };
}
