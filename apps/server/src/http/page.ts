import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { MatrixError } from '@sotto/protocol';
import { Reply } from './endpoint.ts';

/** The language of a page: German for those who ask for it before English. */
export type Language = 'en' | 'de';

export function languageOf(acceptLanguage: string | string[] | undefined): Language {
  const wanted = String(acceptLanguage ?? '').toLowerCase();
  const [de, en] = [wanted.search(/\bde\b/), wanted.search(/\ben\b/)];
  return de >= 0 && (en < 0 || de < en) ? 'de' : 'en';
}

export interface PageContent {
  language: Language;
  title: string;
  /** A paragraph. */
  text: string;
  /** Sends a form to the page's own address. */
  form?: { button: string; field?: { name: string; label: string }; hidden?: Readonly<Record<string, string>> };
  /** Runs when the page is there. One of ours, never built from what somebody sent. */
  script?: string;
  status?: number;
}

const style =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:28rem;margin:15vh auto;padding:0 1.5rem;color:#1c2426;' +
  'background:#fafbfb}button,input{font:inherit;padding:.6rem 1rem;border-radius:.6rem;border:1px solid #7a8a8d}' +
  'input{display:block;box-sizing:border-box;width:100%;margin:.4rem 0 1rem}button{background:#0f6a73;color:#fff;' +
  'border-color:#0f6a73}@media(prefers-color-scheme:dark){body{color:#e6eced;background:#14191a}}';

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const escaped = (text: string) => text.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);

/** A page of few words: no image, nothing from elsewhere, nothing inline but its own style and script by their hash. */
export function page({ language, title, text, form, script, status = 200 }: PageContent): Reply {
  const hidden = Object.entries(form?.hidden ?? {}).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  const field =
    form?.field === undefined
      ? ''
      : `<label>${escaped(form.field.label)}<input name="${escaped(form.field.name)}" required autocomplete="off"></label>`;
  const body =
    form === undefined
      ? ''
      : `<form method="post">${hidden.join('')}${field}<button>${escaped(form.button)}</button></form>`;
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    ...(script === undefined ? [] : [`script-src ${hashOf(script)}`]),
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return new Reply({
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy,
      'X-Frame-Options': 'DENY',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-store',
    },
    body:
      `<!doctype html><html lang="${language}"><meta charset="utf-8">` +
      `<meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${style}</style>` +
      `<main><h1>${escaped(title)}</h1><p>${escaped(text)}</p>${body}</main>` +
      `${script === undefined ? '' : `<script>${script}</script>`}</html>`,
  });
}

const mostFormBytes = 8192;

/** The fields of a form that a browser sent. @throws MatrixError M_TOO_LARGE */
export async function readForm(stream: Readable): Promise<URLSearchParams> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stream.iterator({ destroyOnReturn: false })) {
    bytes += piece.length;
    if (bytes > mostFormBytes) throw new MatrixError('M_TOO_LARGE', 'The form is too large.');
    pieces.push(piece);
  }
  return new URLSearchParams(Buffer.concat(pieces).toString('utf8'));
}
