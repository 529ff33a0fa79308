import Type from 'typebox';
import type { OpenFile, Patience } from '../../../services/media/index.ts';
import { type Auth, Reply } from '../../endpoint.ts';

/** The query of an endpoint that may wait for a file. */
export const PatienceQuery = {
  timeout_ms: Type.Optional(Type.Integer({ minimum: 0 })),
  allow_remote: Type.Optional(Type.Boolean()),
  allow_redirect: Type.Optional(Type.Boolean()),
};

/** Where files are had: with a token, or, where the operator wants that, without one, as it was before Matrix 1.11. */
export interface MediaAccess {
  auth: Auth;
  bases: readonly string[];
}
export const authenticated: MediaAccess = { auth: 'guest', bases: ['/v1/media'] };
export const legacy: MediaAccess = {
  auth: 'none',
  bases: ['/_matrix/media/v3', '/_matrix/media/r0', '/_matrix/media/v1'],
};

const usualTimeoutMs = 20_000;
const longestTimeoutMs = 60_000;

export function patienceOf(
  { timeout_ms: timeoutMs = usualTimeoutMs }: { timeout_ms?: number },
  signal: AbortSignal,
): Patience {
  return { timeoutMs: Math.min(timeoutMs, longestTimeoutMs), signal };
}

/** What a browser may show in place (specification, "Serving inline content"); pages, drawings and programs are not among them. */
const inlineTypes = new Set(
  `text/css text/plain text/csv application/json application/ld+json image/jpeg image/gif image/png image/apng image/webp
   image/avif video/mp4 video/webm video/ogg video/quicktime audio/mp4 audio/webm audio/aac audio/mpeg audio/ogg audio/wave
   audio/wav audio/x-wav audio/x-pn-wav audio/flac audio/x-flac`.split(/\s+/),
);

/** Even what is active gets nowhere: it has no scripts, no origin and no network (security.md B7). */
const contentSecurityPolicy =
  "sandbox; default-src 'none'; script-src 'none'; plugin-types application/pdf; style-src 'unsafe-inline'; object-src 'self';";

/** A file as an answer: whole, or the range that was asked for. */
export function mediaAnswer(file: OpenFile, asked: Readonly<Record<string, string | string[] | undefined>>): Reply {
  const headers = headersOf(file);
  const range = rangeOf(asked.range, file.byteSize);
  if (range === 'impossible') {
    void file.close();
    const body = { errcode: 'M_INVALID_PARAM', error: 'The file has no such part.' };
    return new Reply({ status: 416, headers: { 'Content-Range': `bytes */${file.byteSize}` }, body });
  }
  if (range === undefined) {
    headers['Content-Length'] = String(file.byteSize);
    if (file.byteSize > 0) return new Reply({ headers, body: file.read() });
    void file.close();
    return new Reply({ headers, body: '' });
  }
  headers['Content-Range'] = `bytes ${range.start}-${range.end}/${file.byteSize}`;
  headers['Content-Length'] = String(range.end - range.start + 1);
  return new Reply({ status: 206, headers, body: file.read(range) });
}

function headersOf({ contentType, fileName }: OpenFile): Record<string, string> {
  const isPlain = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;\s*[\w-]+=[\w"./+:-]+)*$/.test(contentType);
  const type = isPlain ? contentType : 'application/octet-stream';
  const bare = (type.split(';', 1)[0] ?? '').trim().toLowerCase();
  return {
    'content-type': type,
    'Content-Disposition': (inlineTypes.has(bare) ? 'inline' : 'attachment') + nameParameter(fileName),
    'Content-Security-Policy': contentSecurityPolicy,
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Cache-Control': 'private, max-age=31536000, immutable',
    'Accept-Ranges': 'bytes',
    'Referrer-Policy': 'no-referrer',
  };
}

/** RFC 6266: a token as it is, everything else in the extended form, in which nothing can end the header. */
function nameParameter(fileName: string | undefined): string {
  if (fileName === undefined || fileName === '') return '';
  if (/^[\w!#$&+.^`|~-]+$/.test(fileName)) return `; filename=${fileName}`;
  const encoded = encodeURIComponent(fileName.toWellFormed()).replace(
    /['()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16)}`,
  );
  return `; filename*=utf-8''${encoded}`;
}

/** RFC 9110, "Range": one range of bytes. Several at once, or what can't be read, are answered with the whole. */
function rangeOf(
  header: string | string[] | undefined,
  byteSize: number,
): { start: number; end: number } | 'impossible' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(typeof header === 'string' ? header : '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  const start = first === '' ? Math.max(0, byteSize - Number(last)) : Number(first);
  const end = first === '' || last === '' ? byteSize - 1 : Math.min(Number(last), byteSize - 1);
  if (start >= byteSize) return 'impossible';
  return end < start ? undefined : { start, end };
}
