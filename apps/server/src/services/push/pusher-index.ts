import { createMemo, type Queryable } from '@sotto/sql';
import { listMembersWithPushers, listUsersWithPushers, type PusherKey } from '../../store/pushers.ts';

/** Who in which room has pushers, so that an event which nobody is to be told of costs a look into a map. */
export interface PusherIndex {
  isEmpty(): boolean;
  has(userId: string): boolean;
  /** Those in a room who have pushers, each with the position since when they are in it. */
  members(roomId: string): Promise<ReadonlyMap<string, number>>;
  /** What a member event changes. Called in the order of the log. */
  moved(event: { roomId: string; userId: string; membership: unknown; position: number }): void;
  added(key: PusherKey): void;
  removed(key: PusherKey, options: { isLast: boolean }): void;
  /** Calls `listener` whenever a pusher was added, changed or removed. */
  onChange(listener: (key: PusherKey) => void): void;
}

/** Reads who has pushers; the rooms are read when something happens in them. */
export async function openPusherIndex(db: Queryable): Promise<PusherIndex> {
  const users = new Set(await listUsersWithPushers(db));
  const rooms = createMemo<Map<string, number>>(2_000);
  const listeners: ((key: PusherKey) => void)[] = [];
  const changed = (key: PusherKey) => {
    rooms.clear();
    for (const listener of listeners) listener(key);
  };
  return {
    isEmpty: () => users.size === 0,
    has: (userId) => users.has(userId),
    async members(roomId) {
      const known = rooms.get(roomId);
      if (known !== undefined) return known;
      const rows = await listMembersWithPushers(db, roomId);
      const members = new Map(rows.map((row) => [row.userId, row.since]));
      rooms.set(roomId, members);
      return members;
    },
    moved({ roomId, userId, membership, position }) {
      const members = rooms.get(roomId);
      if (membership !== 'join') members?.delete(userId);
      else if (members?.has(userId) === false) members.set(userId, position);
    },
    added(key) {
      users.add(key.userId);
      changed(key);
    },
    removed(key, { isLast }) {
      if (isLast) users.delete(key.userId);
      changed(key);
    },
    onChange: (listener) => void listeners.push(listener),
  };
}
