import { connect } from 'node:net';
import type { LoadResult } from './load.ts';

/** Requests that differ from each other: the nth of a connection is made when it is its turn. */
export interface Exchange {
  url: string;
  connections: number;
  seconds: number;
  /** Undefined when there is nothing left to ask for: the connection ends. */
  next(connection: number): { method: string; path: string; token: string; body: string } | undefined;
}

/**
 * A plain HTTP/1.1 load over sockets, one request at a time on each, with as little work as Node allows: what the loader
 * takes of the processor, the server lacks.
 */
export async function exchange({ url, connections, seconds, next }: Exchange): Promise<LoadResult> {
  const { hostname, port } = new URL(url);
  const latencies: number[] = [];
  let errors = 0;
  const beginMs = performance.now();
  const endMs = beginMs + seconds * 1000;
  const converse = (connection: number) =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      let sentMs = 0;
      let received = '';
      const ask = () => {
        const request = performance.now() < endMs ? next(connection) : undefined;
        if (request === undefined) {
          socket.end(() => resolve());
          return;
        }
        const { method, path, token, body } = request;
        sentMs = performance.now();
        socket.write(
          `${method} ${path} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${token}\r\n` +
            `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
        );
      };
      socket.setNoDelay(true).setEncoding('latin1');
      socket.on('connect', ask);
      socket.on('error', reject);
      socket.on('data', (chunk: string) => {
        received += chunk;
        const head = received.indexOf('\r\n\r\n');
        const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? Number.NaN);
        if (head < 0 || received.length < head + 4 + length) return;
        latencies.push(performance.now() - sentMs);
        if (!received.startsWith('HTTP/1.1 200 ')) errors++;
        received = '';
        ask();
      });
    });
  await Promise.all(Array.from({ length: connections }, (_, connection) => converse(connection)));
  const tookSeconds = (performance.now() - beginMs) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
  return { requestsPerSecond: latencies.length / tookSeconds, p50Ms: at(0.5), p99Ms: at(0.99), errors };
}
