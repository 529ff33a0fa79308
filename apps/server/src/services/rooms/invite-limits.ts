import { MatrixError } from '@sotto/protocol';
import { createMemo } from '@sotto/sql';

/**
 * Counts an invite against who sends it, whom it reaches and where it leads; one that is refused counts against nobody.
 * Gives what takes the counting back, for an invite that came to nothing.
 * @throws MatrixError M_LIMIT_EXCEEDED with `retry_after_ms`
 */
export type LimitInvites = (invite: { sender: string; userId: string; roomId: string }) => () => void;

/** How many invites may come at once, and how many a minute after that. */
interface Bucket {
  burst: number;
  perMinute: number;
}

/** What an invite is counted under, and in which bucket. */
type Counted = readonly [key: string, bucket: Bucket];

const bySender: Bucket = { burst: 100, perMinute: 20 };
const byTarget: Bucket = { burst: 50, perMinute: 10 };
const byRoom: Bucket = { burst: 200, perMinute: 40 };

/**
 * Token buckets in memory: an invite puts something onto somebody else's screen, so it is counted beyond requests.
 * @param nowMs a monotonic clock in milliseconds
 */
export function createInviteLimits(nowMs: () => number): LimitInvites {
  const levels = createMemo<{ left: number; atMs: number }>(20_000);
  const now = (key: string, { burst, perMinute }: Bucket) => {
    const atMs = nowMs();
    const level = levels.get(key) ?? { left: burst, atMs };
    return { left: Math.min(burst, level.left + ((atMs - level.atMs) * perMinute) / 60_000), atMs };
  };
  const check = ([key, bucket]: Counted) => {
    const { left } = now(key, bucket);
    if (left >= 1) return;
    throw new MatrixError('M_LIMIT_EXCEEDED', 'Too many invites. Wait a moment and try again.', {
      extra: { retry_after_ms: Math.ceil((1 - left) * (60_000 / bucket.perMinute)) },
    });
  };
  const add = ([key, bucket]: Counted, count: number) => {
    const { left, atMs } = now(key, bucket);
    levels.set(key, { left: left + count, atMs });
  };
  return ({ sender, userId, roomId }) => {
    const counted: Counted[] = [
      [`from ${sender}`, bySender],
      [`to ${userId}`, byTarget],
      [`into ${roomId}`, byRoom],
    ];
    counted.forEach(check);
    for (const each of counted) add(each, -1);
    return () => {
      for (const each of counted) add(each, 1);
    };
  };
}

/** For `rateLimits.enabled: false`. */
export const noInviteLimits: LimitInvites = () => () => undefined;
