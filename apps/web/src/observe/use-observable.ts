import type { Observable } from '@sotto/client/types.ts';
import { useSyncExternalStore } from 'react';

/** The value of an observable, and a new render when it changes. */
export function useObservable<T>(observable: Observable<T>): T {
  return useSyncExternalStore(observable.subscribe, observable.get);
}
