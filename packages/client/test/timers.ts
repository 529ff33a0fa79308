const longTimerMs = 15_000;

/**
 * The SDK leaves timers behind when it is stopped (15 s and more: time limits of requests that were answered, polls of
 * capabilities). They do nothing, but would keep a test's process for hours.
 */
export function letGoOfLongTimers(): void {
  const { setTimeout } = globalThis;
  const wrapped = (work: () => void, delayMs?: number, ...rest: []) => {
    const timer = setTimeout(work, delayMs, ...rest);
    return delayMs !== undefined && delayMs >= longTimerMs ? timer.unref() : timer;
  };
  globalThis.setTimeout = Object.assign(wrapped, setTimeout) as typeof setTimeout;
}

/**
 * What a closed page still waits for goes on in this process; a browser ends it with the page. From `release` on no timer
 * keeps the process, neither what runs nor what is set later, so that it ends by itself once all is told.
 */
export function releasableTimers(): { release(): void } {
  const { setTimeout } = globalThis;
  const timers: NodeJS.Timeout[] = [];
  let isReleased = false;
  const wrapped = (work: () => void, delayMs?: number, ...rest: []) => {
    const timer = setTimeout(work, delayMs, ...rest);
    if (isReleased) return timer.unref();
    timers.push(timer);
    return timer;
  };
  globalThis.setTimeout = Object.assign(wrapped, setTimeout) as typeof setTimeout;
  const release = () => {
    isReleased = true;
    for (const timer of timers) timer.unref();
  };
  return { release };
}

/** What the SDK waits before it tries a request again. */
const backoffsMs: ReadonlySet<number | undefined> = new Set([2000, 4000, 8000, 16_000]);

/** The SDK tries again after a twentieth of what it would wait. */
export function hurryRetries(): void {
  const { setTimeout } = globalThis;
  const wrapped = (work: () => void, delayMs?: number, ...rest: []) =>
    setTimeout(work, backoffsMs.has(delayMs) ? Number(delayMs) / 20 : delayMs, ...rest);
  globalThis.setTimeout = Object.assign(wrapped, setTimeout) as typeof setTimeout;
}

/**
 * Timers of these lengths wait to be rung: `ring` ends all that were set so far and not cleared. So a limit is over when the
 * test says so: at once, where something hangs, and never, where a machine is slow.
 */
export function holdTimers(...lengthsMs: readonly number[]): { ring(): void } {
  const { setTimeout, clearTimeout } = globalThis;
  const held = new Map<number, () => void>();
  const wrapped = (work: (...given: unknown[]) => void, delayMs?: number, ...rest: unknown[]) => {
    if (delayMs === undefined || !lengthsMs.includes(delayMs)) return setTimeout(work, delayMs, ...rest);
    const timer = setTimeout(() => {});
    held.set(Number(timer), () => work(...rest));
    return timer;
  };
  globalThis.setTimeout = Object.assign(wrapped, setTimeout) as typeof setTimeout;
  globalThis.clearTimeout = (timer) => {
    // What the crypto module has cleared is gone, and an error to call.
    held.delete(Number(timer));
    clearTimeout(timer);
  };
  const ring = () => {
    // One that ends may clear another.
    for (const [timer, end] of [...held]) if (held.delete(timer)) end();
  };
  return { ring };
}
