/**
 * How long one room key is used. A room's `m.room.encryption` may ask for other values, and whoever wrote them (an admin
 * of the room, or the server) may ask for a key that never changes or one that changes with every letter. Only shorter
 * than our own limits is obeyed, and not absurdly short (security.md A4, features A6).
 */
export const rotationLimits = {
  /** The specification's defaults, and the longest that a key is used here. */
  longestPeriodMs: 7 * 24 * 60 * 60 * 1000,
  mostMessages: 100,
  /** Less would make every message a new key for every device: a way to exhaust one-time keys. */
  shortestPeriodMs: 60 * 60 * 1000,
  fewestMessages: 1,
} as const;

interface RotationContent {
  rotation_period_ms?: unknown;
  rotation_period_msgs?: unknown;
}

/** The content of an `m.room.encryption` with rotation values that are safe to obey. Pure; other fields are kept. */
export function withSaneRotation<T extends RotationContent>(content: T): T {
  const { longestPeriodMs, mostMessages, shortestPeriodMs, fewestMessages } = rotationLimits;
  return {
    ...content,
    rotation_period_ms: clamp(content.rotation_period_ms, shortestPeriodMs, longestPeriodMs),
    rotation_period_msgs: clamp(content.rotation_period_msgs, fewestMessages, mostMessages),
  };
}

/** `value` as a whole number within the limits; the highest when it isn't a number at all. */
function clamp(value: unknown, lowest: number, highest: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return highest;
  return Math.min(highest, Math.max(lowest, Math.floor(value)));
}
