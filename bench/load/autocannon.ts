import { createRequire } from 'node:module';
import type { Load, LoadResult } from './load.ts';

/** The part of autocannon that is used here; it brings no types. */
type Autocannon = (options: object) => Promise<{
  requests: { total: number };
  duration: number;
  latency: { p50: number; p99: number };
  non2xx: number;
  errors: number;
  timeouts: number;
}>;

const autocannon: Autocannon = createRequire(import.meta.url)('autocannon');

export async function loadByAutocannon({ url, targets, body, connections, seconds, label }: Load): Promise<LoadResult> {
  let count = 0;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: [
      {
        method: 'PUT',
        body,
        setupRequest(request: object) {
          const { path, token } = targets[++count % targets.length] ?? { path: '/', token: '' };
          const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
          return { ...request, path: `${path}${label}${count}`, headers };
        },
      },
    ],
  });
  return {
    requestsPerSecond: result.requests.total / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    errors: result.non2xx + result.errors + result.timeouts,
  };
}
