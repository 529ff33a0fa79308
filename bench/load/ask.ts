import { Agent, request } from 'node:http';

/** One answer, with how long it took until its last byte was there. */
export interface Timed {
  body: Buffer;
  tookMs: number;
}

/** Asks one thing after another over a connection that is kept alive. */
export interface Asker {
  ask(what: { url: string; token?: string; method?: 'GET' | 'POST'; body?: string }): Promise<Timed>;
  close(): void;
}

export function createAsker(): Asker {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    ask: ({ url, token = '', method = 'GET', body }) =>
      new Promise((resolve, reject) => {
        const beganMs = performance.now();
        const chunks: Buffer[] = [];
        const asking = request(url, { agent, method, headers: { authorization: `Bearer ${token}` } }, (answer) => {
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const tookMs = performance.now() - beganMs;
            if (answer.statusCode === 200) resolve({ body: Buffer.concat(chunks), tookMs });
            else reject(new Error(`${method} ${new URL(url).pathname} was answered ${answer.statusCode}`));
          });
        });
        asking.on('error', reject);
        asking.end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** The one in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
