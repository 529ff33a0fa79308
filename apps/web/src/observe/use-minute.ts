import type { Observable } from '@sotto/client/types.ts';
import { createContext, use } from 'react';
import { useObservable } from './use-observable.ts';

/** The time in milliseconds, told anew each minute: for "today", "yesterday" and the times in a list. */
export type MinuteClock = Observable<number>;

export const MinuteClockContext = createContext<MinuteClock>({ get: () => 0, subscribe: () => () => {} });

/** Now, to the minute. */
export function useMinute(): number {
  return useObservable(use(MinuteClockContext));
}

/** A clock that ticks on the minute while somebody listens. */
export function createMinuteClock(now: () => number): MinuteClock {
  let current = now();
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tick = () => {
    current = now();
    timer = setTimeout(tick, 60_000 - (current % 60_000));
    for (const listener of [...listeners]) listener();
  };
  return {
    get: () => current,
    subscribe(listener) {
      listeners.add(listener);
      if (listeners.size === 1) timer = setTimeout(tick, 60_000 - (now() % 60_000));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearTimeout(timer);
      };
    },
  };
}
