/** The least that an HTTP server can do: Fastify, a route that takes JSON and answers JSON, and one that answers with given bytes. */
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

// The same Fastify that the server runs on.
const { fastify } = createRequire(new URL('../apps/server/package.json', import.meta.url))('fastify');

const app = fastify();
app.put('/_matrix/client/v3/rooms/:roomId/send/:eventType/:txnId', async () => ({ event_id: '$empty' }));
let answer = '';
app.put('/answer', { bodyLimit: 2 ** 30 }, async (request: { body: { text: string } }) => {
  answer = request.body.text;
  return {};
});
app.get('/answer', (_request: unknown, reply: { type(name: string): { send(text: string): unknown } }) =>
  reply.type('application/json').send(answer),
);
await app.listen({ port: 0, host: '127.0.0.1' });
console.log((app.server.address() as AddressInfo).port);
process.once('SIGTERM', () => app.close());
