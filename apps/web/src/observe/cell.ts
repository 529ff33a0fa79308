/** A value that changes and says so: the smallest `Observable`. */
import type { Observable } from '@sotto/client/types.ts';

export interface Cell<T> extends Observable<T> {
  set(value: T): void;
}

/** A cell that holds `value`. Setting the same value again tells nobody. */
export function createCell<T>(initial: T): Cell<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
  };
}
