import type { IncomingMessage } from 'node:http';
import { asOutboundError, type Connections, createConnections, OutboundError } from './connections.ts';

export interface FileRequest {
  url: URL;
  headers?: Readonly<Record<string, string>>;
  /** The most bytes to read, told once it is known what comes; 0 reads none of it. */
  mostBytes: (contentType: string) => number;
  /** From the first byte sent to the last received, all redirects together. */
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface FetchedFile {
  /** Where it was found in the end. */
  url: URL;
  /** As the other side calls it; `''` when it doesn't. */
  contentType: string;
  bytes: Buffer;
  /** Whether there was more than `mostBytes`. */
  isCutOff: boolean;
}

/** Fetches what anybody can have: no cookie, no login. Follows a few redirects. @throws OutboundError */
export type FetchFile = (request: FileRequest) => Promise<FetchedFile>;

const mostRedirects = 5;
const redirects: readonly (number | undefined)[] = [301, 302, 303, 307, 308];

/** A way out for reading pages and pictures; each redirect is checked as the first address is. */
export function createFetchFile(settings: { allowPrivateAddresses: boolean }): FetchFile & { close(): void } {
  return fetchFileThrough(createConnections(settings));
}

/** The same over given connections. */
export function fetchFileThrough(connections: Connections): FetchFile & { close(): void } {
  /** The answer at the end of the redirects. */
  async function follow(request: FileRequest, signal: AbortSignal): Promise<{ answer: IncomingMessage; url: URL }> {
    let { url } = request;
    for (let step = 0; step <= mostRedirects; step++) {
      if (url.username !== '' || url.password !== '') throw new OutboundError('an address with a password');
      const headers = { ...request.headers, 'accept-encoding': 'identity' };
      const answer = await connections.open({ method: 'GET', url, headers, signal });
      if (!redirects.includes(answer.statusCode)) return { answer, url };
      answer.destroy();
      const next = URL.parse(answer.headers.location ?? '', url);
      if (next === null) throw new OutboundError('a redirect to nowhere');
      url = next;
    }
    throw new OutboundError('too many redirects');
  }

  const fetchFile: FetchFile = async (request) => {
    const timeout = AbortSignal.timeout(request.timeoutMs);
    const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
    try {
      const { answer, url } = await follow(request, signal);
      const { 'content-type': contentType = '', 'content-encoding': encoding = 'identity' } = answer.headers;
      if (answer.statusCode !== 200 || encoding !== 'identity') {
        answer.destroy();
        throw new OutboundError('no plain answer');
      }
      return { url, contentType, ...(await readSome(answer, request.mostBytes(contentType))) };
    } catch (cause) {
      throw asOutboundError(cause, timeout);
    }
  };
  return Object.assign(fetchFile, { close: connections.close });
}

async function readSome(answer: IncomingMessage, mostBytes: number): Promise<{ bytes: Buffer; isCutOff: boolean }> {
  const chunks: Buffer[] = [];
  let left = mostBytes;
  // Leaving the loop closes the connection.
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, left));
    left -= chunk.length;
    if (left < 0) break;
  }
  return { bytes: Buffer.concat(chunks), isCutOff: left < 0 };
}
