import { keep } from '../keep.ts';
import type { KeyValueStorage } from '../platform.ts';

/** A set of rooms that this device remembers. */
export interface RoomMarks {
  has(roomId: string): boolean;
  set(roomId: string, isMarked: boolean): void;
  clear(): void;
}

/** Marks in `storage`, one entry a room under `prefix`. They hold for this run of the app even when the storage is full. */
export function createRoomMarks(storage: KeyValueStorage, prefix: string): RoomMarks {
  const stored = () => storage.keys().filter((key) => key.startsWith(`${prefix}:`));
  const marked = new Set(stored().map((key) => key.slice(prefix.length + 1)));
  return {
    has: (roomId) => marked.has(roomId),
    set(roomId, isMarked) {
      if (isMarked === marked.has(roomId)) return;
      if (isMarked) marked.add(roomId);
      else marked.delete(roomId);
      keep(storage, `${prefix}:${roomId}`, isMarked ? '1' : undefined);
    },
    clear() {
      marked.clear();
      for (const key of stored()) storage.remove(key);
    },
  };
}
