import type { Queryable } from '@sotto/sql';
import type { DeviceName } from './to-device-messages.ts';

/** What of each algorithm lies here for a device: one-time keys, and whether its fallback key is unused. */
export interface KeyCount {
  algorithm: string;
  count: number;
  isUnusedFallback: number;
}

export function countOneTimeKeys(db: Queryable, { userId, deviceId }: DeviceName): Promise<KeyCount[]> {
  return db.all<KeyCount>(
    `SELECT algorithm, COUNT(*) AS count, 0 AS isUnusedFallback FROM one_time_keys
       WHERE user_id = ? AND device_id = ? GROUP BY algorithm
     UNION ALL
     SELECT algorithm, 0 AS count, 1 AS isUnusedFallback FROM fallback_keys
       WHERE user_id = ? AND device_id = ? AND is_used = 0`,
    userId,
    deviceId,
    userId,
    deviceId,
  );
}
