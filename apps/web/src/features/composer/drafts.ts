/**
 * What was written and not sent, per room. Kept in this browser until it is sent or the person logs out, so that a reload
 * loses nothing. It lies there in clear, like the keys of the messages themselves.
 */
import type { KeyValueStore } from '../../preferences.ts';

export interface Drafts {
  read(roomId: string): string;
  write(roomId: string, text: string): void;
  /** Forgets all of them. */
  clear(): void;
}

const key = 'sotto.drafts';

/** The drafts of one person; another person's on the same browser are not shown and are dropped. */
export function createDrafts(store: KeyValueStore, userId: string): Drafts {
  const texts = load(store, userId);
  const keep = () => {
    try {
      if (texts.size === 0) store.removeItem(key);
      else store.setItem(key, JSON.stringify({ userId, texts: [...texts] }));
    } catch {
      // Full or forbidden storage: the draft lives until the page is closed.
    }
  };
  return {
    read: (roomId) => texts.get(roomId) ?? '',
    write(roomId, text) {
      if (text.trim() === '') texts.delete(roomId);
      else texts.set(roomId, text);
      keep();
    },
    clear() {
      texts.clear();
      keep();
    },
  };
}

function load(store: KeyValueStore, userId: string): Map<string, string> {
  try {
    const kept: unknown = JSON.parse(store.getItem(key) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('userId' in kept) || kept.userId !== userId) return new Map();
    const entries = 'texts' in kept && Array.isArray(kept.texts) ? kept.texts : [];
    return new Map(entries.filter(isEntry));
  } catch {
    return new Map();
  }
}

function isEntry(entry: unknown): entry is [string, string] {
  return Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string');
}
