import type { Bus, Hint } from '../bus.ts';

/** The bus of a single process. */
export function createMemoryBus(): Bus {
  const listeners = new Set<(hint: Hint) => void>();
  return {
    isReliable: true,
    publish(hint) {
      for (const listener of [...listeners]) listener(hint);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    async close() {
      listeners.clear();
    },
  };
}
