import { open, stat } from 'node:fs/promises';
import { MatrixError } from '@sotto/protocol';
import { type ImageHeader, imageHeaderBytes, readImageHeader } from './image-header.ts';
import type { MediaFiles } from './media-files.ts';
import { loadScaleImage, mostPixels, type ScaleImage, TooBusyError } from './scale-image.ts';

export interface ThumbnailWish {
  width: number;
  height: number;
  method: 'scale' | 'crop';
  isAnimated: boolean;
}

/** A file to send: a made picture, or the original where that serves. */
export interface Thumbnail {
  path: string;
  contentType: string;
}

/**
 * A picture of about this size (specification, "Thumbnails"): never smaller than asked for unless the original is, and
 * never enlarged. @throws MatrixError M_UNKNOWN 400 for what is no picture, M_TOO_LARGE for one too large to decode
 */
export type MakeThumbnail = (sha256: string, wish: ThumbnailWish) => Promise<Thumbnail>;

/** Sides are rounded up to these, so that nobody fills the disk by asking for every size. */
const sides = [32, 48, 64, 96, 128, 160, 240, 320, 480, 600, 640, 800];

const roundUp = (side: number) => sides.find((each) => each >= side);

const noPicture = () => new MatrixError('M_UNKNOWN', 'There are no thumbnails of this file.', { status: 400 });

export function createThumbnails(files: MediaFiles): MakeThumbnail {
  let loading: Promise<ScaleImage | undefined> | undefined;
  // The same picture is made once for however many ask for it at the same time.
  const making = new Map<string, Promise<Thumbnail>>();

  async function make(file: string, sha256: string, wish: ThumbnailWish): Promise<Thumbnail | undefined> {
    loading ??= loadScaleImage();
    const scale = await loading;
    if (scale === undefined) return undefined;
    try {
      const { bytes, contentType } = await scale(files.pathOf(sha256), wish);
      const path = `${file}.${contentType.slice('image/'.length)}`;
      await files.writeThumbnail(sha256, path, bytes);
      return { path, contentType };
    } catch (error) {
      if (error instanceof TooBusyError)
        throw new MatrixError('M_LIMIT_EXCEEDED', 'Too many thumbnails are being made.', {
          extra: { retry_after_ms: 2000 },
        });
      if (error instanceof MatrixError) throw error;
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return undefined;
      throw noPicture();
    }
  }

  async function findOrMake(sha256: string, wish: ThumbnailWish): Promise<Thumbnail | undefined> {
    const file = files.thumbnailPathOf(
      sha256,
      `${wish.width}x${wish.height}-${wish.method}${wish.isAnimated ? '-moving' : ''}`,
    );
    for (const kind of ['jpeg', 'png', 'webp']) {
      const path = `${file}.${kind}`;
      if (await stat(path).catch(() => undefined)) return { path, contentType: `image/${kind}` };
    }
    return make(file, sha256, wish);
  }

  return async (sha256, wish) => {
    const path = files.pathOf(sha256);
    const header = await readHeader(path);
    if (header === undefined) throw noPicture();
    const original = { path, contentType: header.contentType };
    if (header.width * header.height > mostPixels)
      throw new MatrixError('M_TOO_LARGE', 'The picture is too large for a thumbnail.');
    const isAnimated = wish.isAnimated && header.mayMove;
    const [width, height] = [roundUp(wish.width), roundUp(wish.height)];
    const isSmall = header.width <= wish.width && header.height <= wish.height;
    const isStill = !header.mayMove || isAnimated;
    if ((isSmall || width === undefined || height === undefined) && isStill) return original;
    const target = { width: width ?? header.width, height: height ?? header.height, method: wish.method, isAnimated };
    const key = `${sha256} ${JSON.stringify(target)}`;
    const made = making.get(key) ?? findOrMake(sha256, target).then((found) => found ?? original);
    making.set(key, made);
    return made.finally(() => making.delete(key));
  };
}

async function readHeader(path: string): Promise<ImageHeader | undefined> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined) throw new MatrixError('M_NOT_FOUND', 'There is no such file.');
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(imageHeaderBytes) });
    return readImageHeader(buffer.subarray(0, bytesRead));
  } catch {
    // A picture that ends in the middle of its own description.
    return undefined;
  } finally {
    await handle.close();
  }
}
