import { connect } from 'node:net';

export interface LostRequest {
  method: string;
  /** Whole, from `/_matrix` on. */
  path: string;
  token: string;
  body?: object;
}

/**
 * Sends a whole request and hangs up as soon as `bytes` of the answer have come, or all of it; 0 unless told: the server has
 * done what was asked, or may yet, and whoever asked never learns it. Resolves when the connection is gone.
 */
export function hangUp(url: string, { method, path, token, body }: LostRequest, bytes = 0): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { hostname, port } = new URL(url);
  const text = body === undefined ? '' : JSON.stringify(body);
  const socket = connect(Number(port), hostname);
  let received = 0;
  const head = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${hostname}`,
    'Connection: close',
    `Authorization: Bearer ${token}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${text}`, () => {
    if (bytes === 0) socket.destroySoon();
  });
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received >= bytes) socket.destroy();
  });
  socket.on('error', () => undefined).on('close', () => resolve());
  return promise;
}
