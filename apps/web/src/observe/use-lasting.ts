import { useEffect, useState } from 'react';

/** True once the condition has held for a while: what is over at once is not shown at all. */
export function useLasting(condition: boolean, afterMs: number): boolean {
  const [isLasting, setLasting] = useState(false);
  useEffect(() => {
    if (!condition) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), afterMs);
    return () => clearTimeout(timer);
  }, [condition, afterMs]);
  return condition && isLasting;
}
