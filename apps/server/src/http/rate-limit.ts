import { MatrixError } from '@sotto/protocol';
import { createMemo } from '@sotto/sql/memo.ts';
import type { GuessLimit } from '../services/accounts/log-in.ts';
import type { Limit } from './endpoint.ts';

export interface RateLimiter {
  /**
   * Takes one, or so many, from the bucket of this key.
   * @throws MatrixError M_LIMIT_EXCEEDED with `retry_after_ms`
   */
  take(limit: Bucket, key: string, amount?: number): void;
  /** Puts back what was taken for something that turned out to be harmless. */
  giveBack(limit: Bucket, key: string): void;
}

/**
 * The kinds of request, and beside them the guesses of passwords, for an account from one address and from all; and the
 * bytes of what a person sends, files apart.
 */
export type Bucket = Limit | 'guess' | 'guessAnywhere' | 'bytes';

interface Level {
  left: number;
  atMs: number;
}

/** Burst and refill of each bucket: `perMinute` come back, at most `burst` are there. */
const buckets: Record<Exclude<Bucket, 'none'>, { burst: number; perMinute: number }> = {
  login: { burst: 20, perMinute: 20 },
  // A person may be guessed at from everywhere; from where they are themselves they get in all the same.
  guess: { burst: 5, perMinute: 3 },
  guessAnywhere: { burst: 50, perMinute: 20 },
  refresh: { burst: 60, perMinute: 60 },
  registration: { burst: 8, perMinute: 10 },
  message: { burst: 200, perMinute: 1200 },
  read: { burst: 400, perMinute: 6000 },
  media: { burst: 60, perMinute: 300 },
  preview: { burst: 20, perMinute: 30 },
  mail: { burst: 5, perMinute: 1 },
  // A key backup of a hundred thousand keys at once, and a gigabyte a day.
  bytes: { burst: 256 * 2 ** 20, perMinute: 2 ** 30 / 1440 },
};

/**
 * Token buckets in memory, by person or by address, on a clock that never goes back. Nothing of an address is
 * stored or logged.
 * @param nowMs a monotonic clock in milliseconds
 */
export function createRateLimiter(nowMs: () => number): RateLimiter {
  // Each kind for itself: whoever calls something cheap from many addresses must not have what is dear forgotten.
  const levelsOf = new Map(Object.keys(buckets).map((name) => [name, createMemo<Level>(50_000)]));
  return {
    take(limit, key, amount = 1) {
      if (limit === 'none') return;
      const { burst, perMinute } = buckets[limit];
      const perMs = perMinute / 60_000;
      const now = nowMs();
      const levels = levelsOf.get(limit);
      const level = levels?.get(key) ?? { left: burst, atMs: now };
      level.left = Math.min(burst, level.left + (now - level.atMs) * perMs);
      level.atMs = now;
      if (level.left < amount) {
        throw new MatrixError('M_LIMIT_EXCEEDED', 'Too many requests. Wait a moment and try again.', {
          extra: { retry_after_ms: Math.ceil((amount - level.left) / perMs) },
        });
      }
      level.left -= amount;
      levels?.set(key, level);
    },
    giveBack(limit, key) {
      const level = levelsOf.get(limit)?.get(key);
      if (level !== undefined) level.left += 1;
    },
  };
}

/** For `rateLimits.enabled: false`. */
export const noRateLimits: RateLimiter = { take: () => undefined, giveBack: () => undefined };

/** The limit of password guesses (services/accounts). */
export function createGuessLimit(limiter: RateLimiter): GuessLimit {
  return {
    take(account, address) {
      limiter.take('guess', `${account} ${address}`);
      limiter.take('guessAnywhere', account);
    },
    giveBack(account, address) {
      limiter.giveBack('guess', `${account} ${address}`);
      limiter.giveBack('guessAnywhere', account);
    },
  };
}
