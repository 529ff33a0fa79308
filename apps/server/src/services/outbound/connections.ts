import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isPrivateAddress, isPrivateHost } from './private-addresses.ts';

/** No answer came: refused, away, too slow, too large. Its message names no URL, which may carry secrets. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  readonly isTimeout: boolean;
  constructor(message: string, options: { isTimeout?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.isTimeout = options.isTimeout ?? false;
  }
}

export interface OutboundCall {
  method: 'GET' | 'PUT' | 'POST';
  /** http or https. */
  url: URL;
  headers?: Readonly<Record<string, string>>;
  /** JSON text. */
  body?: string;
  signal: AbortSignal;
}

/** Connections to others. */
export interface Connections {
  /**
   * The head of the answer; its body is to be read or destroyed.
   * @throws OutboundError for a private address; else what Node throws
   */
  open(call: OutboundCall): Promise<IncomingMessage>;
  close(): void;
}

/**
 * The way out. Without `allowPrivateAddresses` a name that leads into a private network is refused at the moment of
 * connecting, so that a name which changes its address between check and use gains nothing.
 */
export function createConnections({
  allowPrivateAddresses,
  resolve = lookup,
}: {
  allowPrivateAddresses: boolean;
  /** How names become addresses; as the operating system does it, unless given. */
  resolve?: ResolveName;
}): Connections {
  const checked = { lookup: lookupPublic(resolve) };
  const settings = { keepAlive: true, maxFreeSockets: 8, ...(!allowPrivateAddresses && checked) };
  const agents = { 'http:': new HttpAgent(settings), 'https:': new HttpsAgent(settings) };
  return {
    async open({ method, url, headers = {}, body, signal }) {
      if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new OutboundError('neither http nor https');
      if (!allowPrivateAddresses && isPrivateHost(url.hostname)) throw new OutboundError('the address is private');
      return new Promise<IncomingMessage>((resolve, reject) => {
        const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
        const agent = agents[url.protocol as 'http:' | 'https:'];
        const request = send(url, { method, agent, signal }, resolve);
        request.on('error', reject);
        for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
        if (body !== undefined) request.setHeader('content-type', 'application/json');
        request.end(body);
      });
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

export type ResolveName = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** One look for each connection, and what it finds is what is connected to: nothing can change in between. */
const lookupPublic =
  (resolve: ResolveName): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const found = addresses.filter(({ address }) => !isPrivateAddress(address));
      const [first] = found;
      if (first === undefined) return callback(new OutboundError('the address is private'), []);
      return options.all === true ? callback(null, found) : callback(null, first.address, first.family);
    });
  };

/** Whatever went wrong on the way, as an error that says nothing of where it led. */
export function asOutboundError(cause: unknown, timeout: AbortSignal): OutboundError {
  if (timeout.aborted) return new OutboundError('no answer in time', { isTimeout: true });
  if (cause instanceof OutboundError) return cause;
  return new OutboundError((cause as NodeJS.ErrnoException).code ?? 'no connection', { cause });
}
