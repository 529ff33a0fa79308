import type { JsonObject, JsonValue } from '@sotto/protocol';

/**
 * How long the events of a room are kept, in milliseconds; undefined for ever (MSC1763). `min_lifetime` is what a room
 * wants kept at least, and goes before what it wants kept at most.
 */
export function lifetimeOf(content: JsonObject | undefined, defaultMs: number | undefined): number | undefined {
  const most = lifetime(content?.max_lifetime) ?? defaultMs;
  const least = lifetime(content?.min_lifetime);
  return most === undefined ? undefined : Math.max(most, least ?? 0);
}

function lifetime(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
