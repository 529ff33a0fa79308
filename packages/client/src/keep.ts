import type { KeyValueStorage } from './platform.ts';

/**
 * Remembers `value` under `key`, or nothing any more where it is undefined. A storage that is full, or gone, forgets it with the
 * page and throws nothing: for what is better known and not worth failing for.
 */
export function keep(storage: Pick<KeyValueStorage, 'set' | 'remove'>, key: string, value: string | undefined): void {
  try {
    if (value === undefined) storage.remove(key);
    else storage.set(key, value);
  } catch {
    // Holds for as long as the page.
  }
}
