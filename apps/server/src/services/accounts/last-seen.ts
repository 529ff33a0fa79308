import type { LogWriter } from '../../log/writer.ts';
import { touchDevice } from '../../store/devices.ts';

/**
 * When each device was last seen, written in batches: nobody needs it to the second, and a write for each request
 * would cost more than the request. Only the time is kept, never from where.
 */
export interface LastSeen {
  /** How exact the times are, in milliseconds; callers need not record the same device more often. */
  readonly intervalMs: number;
  record(userId: string, deviceId: string): void;
  /** Writes what is recorded. */
  flush(): Promise<void>;
  /** Writes what is recorded and stops. */
  close(): Promise<void>;
}

export function createLastSeen(parts: { log: LogWriter; now: () => number; intervalMs?: number }): LastSeen {
  const { log, now, intervalMs = 3 * 60_000 } = parts;
  let seen = new Map<string, { userId: string; deviceId: string; atMs: number }>();

  async function flush(): Promise<void> {
    if (seen.size === 0) return;
    const batch = [...seen.values()];
    seen = new Map();
    await log.write(async (unit) => {
      for (const each of batch) await touchDevice(unit, each);
    });
  }
  // A time that could not be written is lost, and told by the next request.
  const timer = setInterval(() => flush().catch(() => undefined), intervalMs).unref();
  return {
    intervalMs,
    record(userId, deviceId) {
      if (deviceId !== '') seen.set(`${userId} ${deviceId}`, { userId, deviceId, atMs: now() });
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush().catch(() => undefined);
    },
  };
}
