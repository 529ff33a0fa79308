import { MatrixError } from '@sotto/protocol';
import { createMemo } from '@sotto/sql';

/**
 * Counts an invite against who sends it, whom it reaches and where it leads.
 * @throws MatrixError M_LIMIT_EXCEEDED with `retry_after_ms`
 */
export type LimitInvites = (invite: { sender: string; userId: string; roomId: string }) => void;

/** How many invites may come at once, and how many a minute after that. */
const bySender = { burst: 100, perMinute: 20 };
const byTarget = { burst: 50, perMinute: 10 };
const byRoom = { burst: 200, perMinute: 40 };

/**
 * Token buckets in memory: an invite puts something onto somebody else's screen, so it is counted beyond requests.
 * @param nowMs a monotonic clock in milliseconds
 */
export function createInviteLimits(nowMs: () => number): LimitInvites {
  const levels = createMemo<{ left: number; atMs: number }>(20_000);
  const take = (key: string, { burst, perMinute }: { burst: number; perMinute: number }) => {
    const perMs = perMinute / 60_000;
    const now = nowMs();
    const level = levels.get(key) ?? { left: burst, atMs: now };
    const left = Math.min(burst, level.left + (now - level.atMs) * perMs);
    if (left < 1) {
      throw new MatrixError('M_LIMIT_EXCEEDED', 'Too many invites. Wait a moment and try again.', {
        extra: { retry_after_ms: Math.ceil((1 - left) / perMs) },
      });
    }
    levels.set(key, { left: left - 1, atMs: now });
  };
  return ({ sender, userId, roomId }) => {
    take(`from ${sender}`, bySender);
    take(`to ${userId}`, byTarget);
    take(`into ${roomId}`, byRoom);
  };
}

/** For `rateLimits.enabled: false`. */
export const noInviteLimits: LimitInvites = () => undefined;
