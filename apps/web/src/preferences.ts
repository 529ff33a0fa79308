/** What a person chose for this browser: theme and language. Kept in local storage, nothing secret. */

import { createSource } from '@sotto/client/observable.ts';
import type { Observable } from '@sotto/client/types.ts';
import type { Language } from './i18n/catalogues.ts';

export type Theme = 'system' | 'light' | 'dark';

export interface Chosen {
  theme: Theme;
  /** `undefined`: as the browser says. */
  language: Language | undefined;
}

export interface Preferences extends Observable<Chosen> {
  change(change: Partial<Chosen>): void;
}

/** The part of `localStorage` that is used. */
export type KeyValueStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const key = 'sotto.preferences';

/** Reads the choice, and keeps it when it changes. Storage that is full or forbidden is no reason to fail. */
export function createPreferences(store: KeyValueStore): Preferences {
  const cell = createSource<Chosen>(read(store));
  return {
    get: cell.get,
    subscribe: cell.subscribe,
    change(change) {
      cell.set({ ...cell.get(), ...change });
      try {
        store.setItem(key, JSON.stringify(cell.get()));
      } catch {
        // The choice holds until the page is closed.
      }
    },
  };
}

function read(store: KeyValueStore): Chosen {
  const chosen: Chosen = { theme: 'system', language: undefined };
  try {
    const kept: unknown = JSON.parse(store.getItem(key) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return chosen;
    if ('theme' in kept && (kept.theme === 'light' || kept.theme === 'dark')) chosen.theme = kept.theme;
    if ('language' in kept && (kept.language === 'en' || kept.language === 'de')) chosen.language = kept.language;
  } catch {
    // Whatever was there, it is replaced by the next choice.
  }
  return chosen;
}
