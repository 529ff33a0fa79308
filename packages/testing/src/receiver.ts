import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonBody } from './api.ts';
import { keepConnections } from './keep-connections.ts';
import { until } from './until.ts';

/** A request that arrived. */
export interface Received {
  method: string;
  /** With the query. */
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: JsonBody;
}

/** What a receiver answers with. */
export interface ReceiverAnswer {
  status?: number;
  body?: unknown;
}

/** A server of somebody else: a push gateway, an application service. */
export interface Receiver {
  /** `http://localhost:PORT` */
  readonly url: string;
  /** All that arrived, in order. */
  readonly received: Received[];
  /** How requests are answered from now on; 200 with `{}` at first. */
  answerWith(answer: (request: Received) => ReceiverAnswer | Promise<ReceiverAnswer>): void;
  /** The oldest request that fits and was not taken yet; waits for it. */
  take(fits?: (request: Received) => boolean): Promise<Received>;
  stop(): Promise<void>;
}

/** Starts a receiver on a free port, or on `port`. The caller must `stop` it. */
export async function startReceiver({ port = 0 } = {}): Promise<Receiver> {
  const received: Received[] = [];
  const taken = new Set<Received>();
  let answer: (request: Received) => ReceiverAnswer | Promise<ReceiverAnswer> = () => ({});
  const server = createServer(async (request, response) => {
    const text = await readWhole(request);
    if (text === undefined) return;
    const { method = '', url: path = '', headers } = request;
    const each = { method, path, headers, body: text === '' ? undefined : JSON.parse(text) };
    received.push(each);
    const { status = 200, body = {} } = await answer(each);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  keepConnections(server);
  await new Promise<void>((resolve) => server.listen(port, 'localhost', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    received,
    answerWith(next) {
      answer = next;
    },
    async take(fits = () => true) {
      const found = await until(() => received.find((each) => !taken.has(each) && fits(each)), {
        what: 'a request arrives',
      });
      taken.add(found);
      return found;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Undefined when it was cut off: by a server that was killed, say. */
async function readWhole(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return undefined;
    throw error;
  }
  return Buffer.concat(chunks).toString('utf8');
}
