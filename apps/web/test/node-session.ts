/** A Matrix client without a browser: the session of `packages/client` in Node, keys in memory. */
import { createSession, memoryPlatform, type SottoSession } from '@sotto/client';

/** A session on this server, nobody logged in yet. The caller must `stop` it. */
export function createNodeSession(baseUrl: string, now: () => number): SottoSession {
  letLongTimersGo();
  return createSession({ baseUrl, now, platform: memoryPlatform() });
}

/** The SDK leaves timers of minutes behind (one for each encrypted event); they may not keep a test from ending. */
function letLongTimersGo(): void {
  const { setTimeout: plain } = globalThis;
  globalThis.setTimeout = Object.assign((...[run, ms, ...rest]: Parameters<typeof plain>) => {
    const timer = plain(run, ms, ...rest);
    return (ms ?? 0) >= 60_000 ? timer.unref() : timer;
  }, plain) as typeof plain;
}
