import type { KeyValueStorage } from '../platform.ts';
import { createRoomMarks } from './room-marks.ts';

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

/** Pins in `storage`. */
export function createEncryptionPins(storage: KeyValueStorage, name: string): EncryptionPins {
  // Where the storage is full a pin holds until the reload, and the crypto store keeps the room's settings as well.
  const marks = createRoomMarks(storage, `${name}:encrypted`);
  return { isPinned: marks.has, pin: (roomId) => marks.set(roomId, true), clear: marks.clear };
}
