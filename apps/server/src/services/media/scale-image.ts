import type Sharp from 'sharp';

/** A picture of another size, whole in memory: thumbnails are small. */
export interface ScaledImage {
  bytes: Uint8Array;
  contentType: 'image/png' | 'image/jpeg' | 'image/webp';
}

export interface ScaleTarget {
  width: number;
  height: number;
  /** `scale` fits into the rectangle, `crop` fills it; neither enlarges (specification, "Thumbnails"). */
  method: 'scale' | 'crop';
  /** All its pictures instead of the first. */
  isAnimated: boolean;
}

/** Rejects for what it can't read. */
export type ScaleImage = (file: string, target: ScaleTarget) => Promise<ScaledImage>;

/** The most pixels that a picture may have; one that moves, all its pictures together. */
export const mostPixels = 50_000_000;
const longestSeconds = 15;
const atOnce = 2;
const mostWaiting = 100;

/** Scaling turns out to be more than the server takes on now. */
export class TooBusyError extends Error {
  override readonly name = 'TooBusyError';
}

/**
 * Scales with sharp; undefined on a platform for which there is none: then pictures are handed out as they are, which
 * clients scale themselves. Loaded at the first use, for it holds 30 MB. Only the four kinds of picture of the web are
 * ever decoded, however a file calls itself.
 */
export async function loadScaleImage(): Promise<ScaleImage | undefined> {
  const sharp = await loadSharp();
  if (sharp === undefined) return undefined;
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: kinds.map((kind) => `VipsForeignLoad${kind}File`) });
  sharp.cache(false);
  sharp.concurrency(1);
  return limited(async (file, { width, height, method, isAnimated }) => {
    const source = sharp(file, { limitInputPixels: mostPixels, animated: isAnimated, sequentialRead: true });
    const fit = method === 'crop' ? 'cover' : 'inside';
    const scaled = source.autoOrient().resize({ width, height, fit, withoutEnlargement: true });
    const timed = scaled.timeout({ seconds: longestSeconds });
    if (isAnimated) return { bytes: await timed.webp({ quality: 75 }).toBuffer(), contentType: 'image/webp' };
    const { hasAlpha } = await source.metadata();
    if (hasAlpha === true) return { bytes: await timed.png().toBuffer(), contentType: 'image/png' };
    return { bytes: await timed.jpeg({ quality: 80 }).toBuffer(), contentType: 'image/jpeg' };
  });
}

const kinds = ['Jpeg', 'Png', 'Nsgif', 'Webp'];

/** A few at once, the others in line, and no line without an end. */
function limited(scale: ScaleImage): ScaleImage {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (file, target) => {
    if (running >= atOnce) {
      if (waiting.length >= mostWaiting) throw new TooBusyError('too many pictures wait to be scaled');
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await scale(file, target);
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

async function loadSharp(): Promise<typeof Sharp | undefined> {
  try {
    return (await import('sharp')).default;
  } catch {
    return undefined;
  }
}
