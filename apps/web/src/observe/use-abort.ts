import { useEffect, useRef } from 'react';

/** A signal that ends with the view. */
export function useAbort(): { renew(): AbortSignal; stop(): void } {
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);
  return {
    renew() {
      controller.current?.abort();
      controller.current = new AbortController();
      return controller.current.signal;
    },
    stop: () => controller.current?.abort(),
  };
}
