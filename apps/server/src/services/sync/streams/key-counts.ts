import type { Queryable } from '@sotto/sql';
import { countOneTimeKeys } from '../../../store/one-time-keys.ts';

export interface KeyCounts {
  /** One-time keys that nobody has claimed, by algorithm. */
  counts: Record<string, number>;
  /** Algorithms whose fallback key has not been given out yet. */
  unusedFallback: string[];
}

/**
 * `device_one_time_keys_count` and `device_unused_fallback_key_types` of sync (specification, "End-to-end encryption,
 * Extensions to /sync"). `signed_curve25519` is always there: clients upload more only when they see a number.
 */
export async function oneTimeKeyCounts(
  db: Queryable,
  device: { userId: string; deviceId: string },
): Promise<KeyCounts> {
  const counts: Record<string, number> = { signed_curve25519: 0 };
  const unusedFallback: string[] = [];
  for (const { algorithm, count, isUnusedFallback } of await countOneTimeKeys(db, device)) {
    if (isUnusedFallback === 1) unusedFallback.push(algorithm);
    else counts[algorithm] = count;
  }
  return { counts, unusedFallback };
}
