/** The least that an HTTP server can do with a send: Fastify, one route that takes JSON and answers JSON. */
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

// The same Fastify that the server runs on.
const { fastify } = createRequire(new URL('../apps/server/package.json', import.meta.url))('fastify');

const app = fastify();
app.put('/_matrix/client/v3/rooms/:roomId/send/:eventType/:txnId', async () => ({ event_id: '$empty' }));
await app.listen({ port: 0, host: '127.0.0.1' });
console.log((app.server.address() as AddressInfo).port);
process.once('SIGTERM', () => app.close());
