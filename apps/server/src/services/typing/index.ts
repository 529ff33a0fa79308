/**
 * Who is typing (specification, "Typing Notifications"). Lives in memory, but has its place in the log like all that
 * sync tells. Imports `log/` and `store/`.
 */
import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import { getMembership } from '../../store/memberships.ts';

export interface Typing {
  /** @throws MatrixError M_FORBIDDEN when the person is not in the room */
  set(userId: string, roomId: string, typing: { isTyping: boolean; timeoutMs: number }): Promise<void>;
  /** Who types in these rooms, where that changed in `(since, upto]`. */
  changed(roomIds: Iterable<string>, range: { since: number; upto: number }): Map<string, string[]>;
  /** Rooms in which somebody types, or has lately stopped. */
  rooms(): Iterable<string>;
  close(): void;
}

interface RoomTyping {
  position: number;
  timers: Map<string, NodeJS.Timeout>;
}

const longestMs = 120_000;

export function createTyping(parts: { db: Queryable; log: LogWriter }): Typing {
  const { db, log } = parts;
  const rooms = new Map<string, RoomTyping>();

  function stop(room: RoomTyping, userId: string): boolean {
    clearTimeout(room.timers.get(userId));
    return room.timers.delete(userId);
  }

  async function tell(roomId: string, change: (room: RoomTyping) => void): Promise<void> {
    await log.write(async (unit) => {
      const position = unit.nextPosition();
      unit.tell({ roomId });
      unit.afterwards(() => {
        const room = rooms.get(roomId) ?? { position, timers: new Map() };
        rooms.set(roomId, room);
        room.position = position;
        change(room);
      });
    });
  }

  function expire(roomId: string, userId: string): void {
    // When the log refuses (closing, disk full) nobody is told: the next change tells all.
    tell(roomId, (room) => stop(room, userId)).catch(() => undefined);
  }

  return {
    async set(userId, roomId, { isTyping, timeoutMs }) {
      if ((await getMembership(db, userId, roomId))?.membership !== 'join')
        throw new MatrixError('M_FORBIDDEN', 'You are not in this room.');
      const before = rooms.get(roomId);
      const startTimer = (room: RoomTyping) => {
        stop(room, userId);
        const timer = setTimeout(() => expire(roomId, userId), Math.min(timeoutMs, longestMs));
        room.timers.set(userId, timer.unref());
      };
      if (isTyping && before?.timers.has(userId)) return startTimer(before);
      if (!isTyping && !before?.timers.has(userId)) return;
      await tell(roomId, (room) => (isTyping ? startTimer(room) : stop(room, userId)));
    },
    changed(roomIds, { since, upto }) {
      const found = new Map<string, string[]>();
      for (const roomId of roomIds) {
        const room = rooms.get(roomId);
        if (room !== undefined && room.position > since && room.position <= upto)
          found.set(roomId, [...room.timers.keys()]);
      }
      return found;
    },
    rooms: () => rooms.keys(),
    close() {
      for (const room of rooms.values()) for (const timer of room.timers.values()) clearTimeout(timer);
      rooms.clear();
    },
  };
}
