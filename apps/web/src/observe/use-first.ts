import { useState } from 'react';

/** The first of a list, and the same one for as long as it is in it: nothing takes its place under the hand. */
export function useFirst<T>(list: readonly T[], idOf: (each: T) => string): T | undefined {
  const [id, setId] = useState<string>();
  const first = list.find((each) => idOf(each) === id) ?? list[0];
  const next = first && idOf(first);
  if (next !== id) setId(next);
  return first;
}
