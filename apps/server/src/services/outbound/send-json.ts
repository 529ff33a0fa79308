import { lookup } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isPrivateAddress, isPrivateHost } from './private-addresses.ts';

export interface OutboundRequest {
  method: 'GET' | 'PUT' | 'POST';
  url: URL;
  headers?: Readonly<Record<string, string>>;
  /** JSON text. */
  body?: string;
  /** From the first byte sent to the last received. */
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface OutboundAnswer {
  status: number;
  /** Parsed JSON; undefined when it is none. */
  body: unknown;
  text: string;
}

/** No answer came: refused, away, too slow, too large. Its message names no URL, which may carry secrets. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  readonly isTimeout: boolean;
  constructor(message: string, options: { isTimeout?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.isTimeout = options.isTimeout ?? false;
  }
}

/** Sends JSON and reads JSON. Follows no redirect. @throws OutboundError */
export type SendJson = (request: OutboundRequest) => Promise<OutboundAnswer>;

const mostAnswerBytes = 4 * 2 ** 20;

/**
 * A way out. Without `allowPrivateAddresses` a name that leads into a private network is refused at the moment of
 * connecting, so that a name which changes its address between check and use gains nothing.
 */
export function createSendJson({ allowPrivateAddresses }: { allowPrivateAddresses: boolean }): SendJson & {
  close(): void;
} {
  const settings = { keepAlive: true, maxFreeSockets: 8, ...(!allowPrivateAddresses && { lookup: lookupPublic }) };
  const agents = { 'http:': new HttpAgent(settings), 'https:': new HttpsAgent(settings) };

  const send: SendJson = async ({ method, url, headers = {}, body, timeoutMs, signal }) => {
    if (!allowPrivateAddresses && isPrivateHost(url.hostname)) throw new OutboundError('the address is private');
    const timeout = AbortSignal.timeout(timeoutMs);
    const ended = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
    const isHttps = url.protocol === 'https:';
    try {
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const options = { method, agent: isHttps ? agents['https:'] : agents['http:'], signal: ended };
        const request = (isHttps ? httpsRequest : httpRequest)(url, options, resolve);
        request.on('error', reject);
        for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
        if (body !== undefined) request.setHeader('content-type', 'application/json');
        request.end(body);
      });
      const text = await readAll(answer);
      return { status: answer.statusCode ?? 0, body: parse(text), text };
    } catch (cause) {
      if (timeout.aborted) throw new OutboundError('no answer in time', { isTimeout: true });
      throw new OutboundError((cause as NodeJS.ErrnoException).code ?? 'no connection', { cause });
    }
  };
  return Object.assign(send, {
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  });
}

const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, []);
    const found = addresses.filter(({ address }) => !isPrivateAddress(address));
    const [first] = found;
    if (first === undefined) return callback(new OutboundError('the address is private'), []);
    return options.all === true ? callback(null, found) : callback(null, first.address, first.family);
  });
};

async function readAll(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostAnswerBytes) throw new OutboundError('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
