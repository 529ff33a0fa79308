import http from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Where a server answers. */
export interface Listening {
  port: number;
  close(): Promise<void>;
}

/**
 * Listens. `localhost` means 127.0.0.1 and ::1, whatever the machine's host file says: clients try either.
 * @throws the system's error when the port is taken
 */
export async function listen(
  server: FastifyInstance,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const isLocal = host === 'localhost';
  await server.listen({ host: isLocal ? '127.0.0.1' : host, port });
  const address = server.server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : port;
  const second = isLocal ? await listenOnIpv6(server, taken) : undefined;
  return {
    port: taken,
    async close() {
      second?.closeAllConnections();
      second?.close();
      await server.close();
    },
  };
}

/** The same routes on ::1; undefined on a machine without IPv6. */
async function listenOnIpv6(server: FastifyInstance, port: number): Promise<http.Server | undefined> {
  const { requestTimeout, keepAliveTimeout } = server.server;
  const second = http.createServer({ requestTimeout, keepAliveTimeout }, server.routing);
  const listening = Promise.withResolvers<void>();
  second.once('error', listening.reject);
  second.listen(port, '::1', listening.resolve);
  try {
    await listening.promise;
    return second;
  } catch (error) {
    if (['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    await server.close();
    throw error;
  }
}
