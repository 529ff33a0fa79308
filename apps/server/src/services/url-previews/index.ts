/**
 * Previews of links (specification, "Content repository"): what a page says of itself, its picture kept as a file of ours
 * for a day. Nothing of it is written down but the picture: the cache lies in memory, and no address is ever logged.
 * What is kept serves all, so it is nobody's file and says nothing of who asked first. Imports `outbound/`, `media/` and
 * `quotas/`.
 */
import { MatrixError } from '@sotto/protocol';
import { createMemo } from '@sotto/sql/memo.ts';
import { readImageHeader } from '../media/image-header.ts';
import type { Media } from '../media/index.ts';
import { createFetchFile, type FetchFile } from '../outbound/index.ts';
import type { Quotas } from '../quotas/index.ts';
import { decodePage } from './decode-page.ts';
import { findOembedUrl, knownProviders, type OembedProvider, readOembed } from './oembed.ts';
import { type PageFacts, readPage } from './read-page.ts';

/** OpenGraph properties; `og:image` is an `mxc://` URI, `matrix:image:size` its length in bytes. */
export type UrlPreview = Readonly<Record<string, string | number>>;

export interface UrlPreviews {
  /**
   * What can be said of this address; empty for a file that is neither a page nor a picture.
   * @throws MatrixError M_INVALID_PARAM for what is no address of the web; M_UNKNOWN 502 when there is nothing to be had
   * there, whatever the reason; M_LIMIT_EXCEEDED when too many are fetched at the moment, by this person or by all
   */
  get(url: string, userId: string): Promise<UrlPreview>;
  close(): void;
}

export interface UrlPreviewParts {
  media: Pick<Media, 'upload' | 'maxUploadBytes'>;
  quotas: Pick<Quotas, 'takeBytes'>;
  /** Wall clock, milliseconds. */
  now: () => number;
  allowPrivateAddresses: boolean;
  /** The way out, where it is not the one to all of the web. */
  fetchFile?: FetchFile & { close(): void };
  /** Sites that are asked for oEmbed in the place of their pages. */
  providers?: readonly OembedProvider[];
}

/** What was found at an address. */
interface Reading {
  properties: UrlPreview;
  /** Bytes that may be a picture. */
  image: Buffer | undefined;
}

const keptForMs = 3_600_000;
const failureKeptForMs = 5 * 60_000;
const imageKeptForMs = 24 * 3_600_000;
const mostPageBytes = 2 ** 20;
const mostImageBytes = 5 * 2 ** 20;
const mostOembedBytes = 2 ** 17;
const pageTimeoutMs = 10_000;
const imageTimeoutMs = 10_000;
const oembedTimeoutMs = 5000;
const atOnce = 8;
const atOncePerPerson = 2;
const longestUrl = 4096;

const headers = { 'user-agent': 'Mozilla/5.0 (compatible; Sotto link preview)', 'accept-language': 'en, *;q=0.5' };

const nothingThere = () => new MatrixError('M_UNKNOWN', 'Nothing can be shown of this address.', { status: 502 });

export function createUrlPreviews(parts: UrlPreviewParts): UrlPreviews {
  const { media, quotas, now, providers = knownProviders, fetchFile = createFetchFile(parts) } = parts;
  const mostPictureBytes = Math.min(mostImageBytes, media.maxUploadBytes);
  const ending = new AbortController();
  const kept = createMemo<{ preview: UrlPreview | undefined; untilMs: number }>(500);
  const fetching = new Map<string, { userId: string; preview: Promise<UrlPreview> }>();

  /** Keeps a picture; nothing of what is none. @throws MatrixError M_LIMIT_EXCEEDED; and when it can't be stored */
  async function keepImage(bytes: Buffer | undefined, userId: string): Promise<UrlPreview> {
    const picture = bytes === undefined ? undefined : readPicture(bytes);
    if (bytes === undefined || picture === undefined) return {};
    quotas.takeBytes(userId, bytes.length);
    const upload = { userId: undefined, contentType: picture.contentType, fileName: undefined };
    const uri = await media.upload({ ...upload, bytes: one(bytes), expiresAtMs: now() + imageKeptForMs });
    return {
      'og:image': uri,
      'og:image:type': picture.contentType,
      'og:image:width': picture.width,
      'og:image:height': picture.height,
      'matrix:image:size': bytes.length,
    };
  }

  /** A page's picture; a page without the one that it names is still a page. */
  async function fetchImage(address: string | undefined, base: URL): Promise<Buffer | undefined> {
    const url = address === undefined ? null : URL.parse(address, base);
    if (url === null) return undefined;
    try {
      const accept = { ...headers, accept: 'image/webp, image/png, image/jpeg, image/gif' };
      const request = { url, headers: accept, timeoutMs: imageTimeoutMs, signal: ending.signal };
      const { bytes, isCutOff } = await fetchFile({ ...request, mostBytes: () => mostPictureBytes });
      return isCutOff ? undefined : bytes;
    } catch {
      return undefined;
    }
  }

  /** What is said at this address as oEmbed; undefined when nothing is to be had. */
  async function fetchOembed(url: URL | null): Promise<Pick<PageFacts, 'properties' | 'image'> | undefined> {
    if (url === null) return undefined;
    try {
      const accept = { ...headers, accept: 'application/json' };
      const request = { url, headers: accept, timeoutMs: oembedTimeoutMs, signal: ending.signal };
      const { bytes, isCutOff } = await fetchFile({ ...request, mostBytes: () => mostOembedBytes });
      return isCutOff ? undefined : await readOembed(bytes.toString());
    } catch {
      return undefined;
    }
  }

  async function read(url: URL): Promise<Reading> {
    const told = await fetchOembed(findOembedUrl(providers, url) ?? null);
    if (told !== undefined) return { properties: told.properties, image: await fetchImage(told.image, url) };
    const accept = { ...headers, accept: 'text/html, application/xhtml+xml, image/*;q=0.9, */*;q=0.1' };
    const request = { url, headers: accept, timeoutMs: pageTimeoutMs, signal: ending.signal };
    const most = { page: mostPageBytes, image: mostPictureBytes, other: 0 };
    const file = await fetchFile({ ...request, mostBytes: (contentType) => most[kindOf(contentType)] });
    const kind = kindOf(file.contentType);
    if (kind === 'image') return { properties: {}, image: file.isCutOff ? undefined : file.bytes };
    if (kind === 'other') return { properties: {}, image: undefined };
    const page = await readPage(decodePage(file.bytes, file.contentType));
    const from = (page.base === undefined ? null : URL.parse(page.base, file.url)) ?? file.url;
    const more = page.oembed === undefined ? undefined : await fetchOembed(URL.parse(page.oembed, from));
    const image = await fetchImage(more?.image ?? page.image, from);
    return { properties: { ...page.properties, ...more?.properties }, image };
  }

  async function fetchAndKeep(url: URL, userId: string): Promise<UrlPreview> {
    const reading = await read(url).catch(() => undefined);
    if (reading === undefined) {
      kept.set(url.href, { preview: undefined, untilMs: now() + failureKeptForMs });
      throw nothingThere();
    }
    // What stands in the way of keeping a picture is of this person or this moment: nobody else is to find it here.
    const image = await keepImage(reading.image, userId).catch(() => undefined);
    const preview = { ...reading.properties, ...image };
    if (image !== undefined) kept.set(url.href, { preview, untilMs: now() + keptForMs });
    return preview;
  }

  return {
    async get(address, userId) {
      const url = readUrl(address);
      const known = kept.get(url.href);
      if (known !== undefined && known.untilMs > now()) {
        if (known.preview === undefined) throw nothingThere();
        return known.preview;
      }
      // One request for however many ask at the same time.
      const underway = fetching.get(url.href);
      if (underway !== undefined) return underway.preview;
      const own = [...fetching.values()].filter((each) => each.userId === userId).length;
      if (fetching.size >= atOnce || own >= atOncePerPerson)
        throw new MatrixError('M_LIMIT_EXCEEDED', 'Too many pages are being read.', {
          extra: { retry_after_ms: 2000 },
        });
      const preview = fetchAndKeep(url, userId).finally(() => fetching.delete(url.href));
      fetching.set(url.href, { userId, preview });
      return preview;
    },
    close() {
      ending.abort();
      fetchFile.close();
    },
  };
}

/** An address of the web, without the part that browsers keep to themselves. */
function readUrl(address: string): URL {
  const url = address.length > longestUrl ? null : URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new MatrixError('M_INVALID_PARAM', 'url must be an http or https address.');
  url.hash = '';
  return url;
}

function kindOf(contentType: string): 'page' | 'image' | 'other' {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'text/html' || type === 'application/xhtml+xml' || type === '') return 'page';
  return type.startsWith('image/') ? 'image' : 'other';
}

function readPicture(bytes: Buffer) {
  try {
    return readImageHeader(bytes);
  } catch {
    // It ends in the middle of its own description.
    return undefined;
  }
}

async function* one(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}
