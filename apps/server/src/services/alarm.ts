/** Rings when a time of the wall clock has come, and once at the start. */
export interface Alarm {
  /** Lets it ring at this time at the latest. */
  setBy(atMs: number): void;
  close(): void;
}

/** So often the clock is looked at in any case: it may have been set. */
const longestWaitMs = 60_000;

/**
 * @param ring does what is due and says when to ring next; never runs twice at once
 * @param now the wall clock in milliseconds
 */
export function createAlarm({ now, ring }: { now: () => number; ring: () => Promise<number | undefined> }): Alarm {
  let timer: NodeJS.Timeout | undefined;
  let timerAtMs = Number.POSITIVE_INFINITY;
  let isRinging = false;
  let isClosed = false;

  function setBy(atMs: number): void {
    if (isClosed || atMs >= timerAtMs || !Number.isFinite(atMs)) return;
    clearTimeout(timer);
    timerAtMs = atMs;
    const waitMs = Math.min(Math.max(0, atMs - now()), longestWaitMs);
    timer = setTimeout(() => void wake(), waitMs).unref();
  }

  async function wake(): Promise<void> {
    const atMs = timerAtMs;
    timerAtMs = Number.POSITIVE_INFINITY;
    if (isRinging) return setBy(now() + 50);
    if (atMs > now()) return setBy(atMs);
    isRinging = true;
    // What can't be done now is tried again a moment later: nobody waits for an alarm who could hear why.
    const next = await ring().catch(() => now() + 1000);
    isRinging = false;
    if (next !== undefined) setBy(next);
  }

  setBy(now());
  return {
    setBy,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
