import { connect } from 'node:net';

export interface Request {
  method: string;
  /** With its query. */
  path: string;
  token: string;
  body?: string;
}

export interface Answer {
  isOk: boolean;
  /** Bytes as Latin-1: ids and numbers are to be found in it, nothing else. */
  body: string;
  /** When its last byte came, on the clock of `performance.now`. */
  atMs: number;
}

/** A kept-alive HTTP/1.1 connection that has one request under way at a time, with as little work as Node allows. */
export interface Connection {
  /** Calls `done` with the answer. */
  ask(request: Request, done: (answer: Answer) => void): void;
  close(): void;
}

/** Resolves once connected; `failed` hears of a connection that breaks before it is closed. */
export function openConnection(url: string, failed: (error: Error) => void): Promise<Connection> {
  const { hostname, port } = new URL(url);
  let received = '';
  let done: ((answer: Answer) => void) | undefined;
  let isClosed = false;
  const socket = connect(Number(port), hostname === 'localhost' ? '127.0.0.1' : hostname);
  socket.setNoDelay(true).setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
    const head = received.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? Number.NaN);
    if (received.length < head + 4 + length) return;
    const answer = {
      isOk: received.startsWith('HTTP/1.1 200 '),
      body: received.slice(head + 4),
      atMs: performance.now(),
    };
    received = '';
    done?.(answer);
  });
  const connection: Connection = {
    ask({ method, path, token, body = '' }, then) {
      done = then;
      const size =
        body === '' ? '' : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
      socket.write(
        `${method} ${path} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${token}\r\n${size}\r\n${body}`,
      );
    },
    close() {
      isClosed = true;
      socket.destroy();
    },
  };
  return new Promise((resolve, reject) => {
    socket.on('error', (error) => {
      reject(error);
      failed(error);
    });
    socket.on('close', () => {
      if (!isClosed) failed(new Error('the server closed a connection'));
    });
    socket.on('connect', () => resolve(connection));
  });
}
