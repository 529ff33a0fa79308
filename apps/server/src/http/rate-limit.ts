import { MatrixError } from '@sotto/protocol';
import { createMemo } from '@sotto/sql/memo.ts';
import type { Limit } from './endpoint.ts';

export interface RateLimiter {
  /**
   * Takes one from the bucket of this key.
   * @throws MatrixError M_LIMIT_EXCEEDED with `retry_after_ms`
   */
  take(limit: Limit, key: string): void;
}

/** Burst and refill of each bucket: `perMinute` come back, at most `burst` are there. */
const buckets: Record<Exclude<Limit, 'none'>, { burst: number; perMinute: number }> = {
  login: { burst: 8, perMinute: 10 },
  registration: { burst: 8, perMinute: 10 },
  message: { burst: 200, perMinute: 1200 },
  read: { burst: 400, perMinute: 6000 },
  media: { burst: 60, perMinute: 300 },
};

/**
 * Token buckets in memory, by person or by address, on a clock that never goes back. Nothing of an address is
 * stored or logged.
 * @param nowMs a monotonic clock in milliseconds
 */
export function createRateLimiter(nowMs: () => number): RateLimiter {
  const levels = createMemo<{ left: number; atMs: number }>(50_000);
  return {
    take(limit, key) {
      if (limit === 'none') return;
      const { burst, perMinute } = buckets[limit];
      const perMs = perMinute / 60_000;
      const now = nowMs();
      const id = `${limit} ${key}`;
      const level = levels.get(id) ?? { left: burst, atMs: now };
      level.left = Math.min(burst, level.left + (now - level.atMs) * perMs);
      level.atMs = now;
      if (level.left < 1) {
        throw new MatrixError('M_LIMIT_EXCEEDED', 'Too many requests. Wait a moment and try again.', {
          extra: { retry_after_ms: Math.ceil((1 - level.left) / perMs) },
        });
      }
      level.left -= 1;
      levels.set(id, level);
    },
  };
}

/** For `rateLimits.enabled: false`. */
export const noRateLimits: RateLimiter = { take: () => undefined };
