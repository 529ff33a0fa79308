import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonBody } from './api.ts';
import { keepConnections } from './keep-connections.ts';

/** What a lying server does with what passes through it. */
export interface HostileScript {
  /** Changes a JSON answer in place, or holds it back. `path` is without its query. */
  answer?(path: string, body: JsonBody): void | Promise<void>;
  /** Answers in the server's place; undefined lets the request pass. */
  refuse?(path: string, method: string): { status: number; body: JsonBody } | undefined;
}

/** A request as it left the client: what the server, and so the attacker, can read. */
export interface SeenRequest {
  method: string;
  path: string;
  body: string;
}

export interface HostileProxy {
  url: string;
  /** All requests, in order. */
  seen: SeenRequest[];
  /** What it does from now on; may be changed at any time. */
  script: HostileScript;
  /** Users and devices to whom encrypted to-device messages (room keys among them) were sent. */
  keyReceivers(): string[];
  stop(): Promise<void>;
}

/** A server that lies: stands between a client and a good server, reads all, and rewrites what its script says. */
export async function startHostileProxy(server: { url: string }, script: HostileScript = {}): Promise<HostileProxy> {
  const seen: SeenRequest[] = [];
  const proxy: HostileProxy = { url: '', seen, script, keyReceivers: () => keyReceivers(seen), stop };
  const listener = createServer((request, response) => {
    pass(server.url, proxy, request).then(
      (answer) => reply(response, answer),
      () => response.destroy(),
    );
  });
  keepConnections(listener);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  proxy.url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  return proxy;

  async function stop(): Promise<void> {
    listener.closeAllConnections();
    await new Promise((resolve) => listener.close(resolve));
  }
}

interface Passed {
  status: number;
  type: string;
  body: Uint8Array | string;
}

async function pass(target: string, { seen, script }: HostileProxy, request: IncomingMessage): Promise<Passed> {
  const { method = 'GET', url = '/', headers } = request;
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const sent = Buffer.concat(chunks);
  const { pathname: path } = new URL(url, target);
  seen.push({ method, path, body: sent.toString() });
  const refused = script.refuse?.(path, method);
  if (refused) return { status: refused.status, type: 'application/json', body: JSON.stringify(refused.body) };
  const answer = await fetch(target + url, {
    method,
    headers: {
      ...(headers.authorization && { authorization: headers.authorization }),
      ...(headers['content-type'] && { 'content-type': headers['content-type'] }),
    },
    body: method === 'GET' || method === 'HEAD' ? null : sent,
  });
  const type = answer.headers.get('content-type') ?? '';
  if (!type.includes('json')) return { status: answer.status, type, body: new Uint8Array(await answer.arrayBuffer()) };
  const body: JsonBody = await answer.json();
  await script.answer?.(path, body);
  return { status: answer.status, type, body: JSON.stringify(body) };
}

function reply(response: ServerResponse, { status, type, body }: Passed): void {
  response.writeHead(status, { 'content-type': type, 'access-control-allow-origin': '*' });
  response.end(body);
}

function keyReceivers(seen: readonly SeenRequest[]): string[] {
  return seen
    .filter(({ method, path }) => method === 'PUT' && path.includes('/sendToDevice/m.room.encrypted/'))
    .flatMap(({ body }) => {
      const { messages = {} } = JSON.parse(body) as { messages?: Record<string, object> };
      return Object.entries(messages).flatMap(([userId, devices]) =>
        Object.keys(devices).map((deviceId) => `${userId}/${deviceId}`),
      );
    });
}
