import type { KeyValueStorage } from '../platform.ts';

/**
 * Which rooms this device has seen encrypted. A pin is written as soon as encryption is seen and goes only with the
 * session: a server that later drops, redacts or changes `m.room.encryption` can't turn encryption off (security.md
 * A4; the specification says the same of clients, "m.room.encryption": once enabled it can't be disabled).
 */
export interface EncryptionPins {
  isPinned(roomId: string): boolean;
  /** Idempotent. Holds for this run of the app even when the storage is full. */
  pin(roomId: string): void;
  clear(): void;
}

/** Pins in `storage`, one entry a room under `name`, so that no write can harm another room's. */
export function createEncryptionPins(storage: KeyValueStorage, name: string): EncryptionPins {
  const prefix = `${name}:encrypted:`;
  const stored = () => storage.keys().filter((key) => key.startsWith(prefix));
  const pinned = new Set(stored().map((key) => key.slice(prefix.length)));
  return {
    isPinned: (roomId) => pinned.has(roomId),
    pin(roomId) {
      if (pinned.has(roomId)) return;
      pinned.add(roomId);
      try {
        storage.set(prefix + roomId, '1');
      } catch {
        // Full: the pin holds until the reload, and the crypto store keeps the room's settings as well.
      }
    },
    clear() {
      pinned.clear();
      for (const key of stored()) storage.remove(key);
    },
  };
}
