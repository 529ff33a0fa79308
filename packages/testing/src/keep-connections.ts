import type { Server } from 'node:http';

/**
 * Lets idle connections stand until whoever opened them, or the end of the test, closes them. After the five seconds that Node
 * allows them, a busy machine could close one at the moment in which the next request goes out on it, which then fails.
 */
export function keepConnections(server: Server): void {
  server.keepAliveTimeout = 0;
}
