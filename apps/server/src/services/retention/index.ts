/**
 * Retention: messages go when their time is over, by the word of their room or of the server (MSC1763). They are
 * deleted as soon as they expire, so that no reader has to ask whether something may still be shown. State stays.
 * Imports `store/` and `log/`; the memory of rooms is given to it.
 */
import { EventType } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { listMessagesBefore, oldestMessageMs } from '../../store/event-times.ts';
import { deleteEvents } from '../../store/events.ts';
import { listRoomIdsAfter, listRoomsWithRetention } from '../../store/retention.ts';
import { createAlarm } from '../alarm.ts';
import type { RoomMemory } from '../room-memory.ts';
import type { EventListener } from '../timeline/event-guards.ts';
import { lifetimeOf } from './policy.ts';

export interface Retention {
  /** Notes when what is written will expire. */
  listener: EventListener;
  /** Deletes what expired by its room's word while the server was not running; the sweep follows. */
  start(): Promise<void>;
  close(): void;
}

export interface RetentionParts {
  db: Queryable;
  log: LogWriter;
  memory: RoomMemory;
  /** The wall clock in milliseconds. */
  now: () => number;
  /** Whether anything may be deleted now; asked again a minute later. */
  mayCleanUp: () => boolean;
  /** For rooms that don't say themselves; for ever, when it is left out. */
  defaultLifetimeMs?: number | undefined;
}

/** How many events go in one unit of work, so that nobody else waits long. */
const portion = 200;
/** So often all rooms are looked through where the server has a default. */
const sweepEveryMs = 3600_000;

export function createRetention({ db, log, memory, now, mayCleanUp, defaultLifetimeMs }: RetentionParts): Retention {
  /** Rooms with a policy, and when the first of their messages expires. */
  const nextByRoom = new Map<string, number>();
  let nextSweepMs = Number.POSITIVE_INFINITY;
  const alarm = createAlarm({ now, ring: purgeDue });

  async function policyOf(unit: Unit, roomId: string): Promise<{ lifetimeMs: number | undefined; isOwn: boolean }> {
    const content = (await memory.state(unit, roomId, { type: EventType.retention, stateKey: '' }))?.content;
    return { lifetimeMs: lifetimeOf(content, defaultLifetimeMs), isOwn: content !== undefined };
  }

  /** Deletes a portion of what has expired; `nextMs` is when the room's next message will. */
  function purgePortion(roomId: string): Promise<{ isDone: boolean; nextMs?: number }> {
    return log.write(async (unit) => {
      const { lifetimeMs, isOwn } = await policyOf(unit, roomId);
      if (lifetimeMs === undefined) return { isDone: true };
      const expired = await listMessagesBefore(unit, roomId, { beforeMs: now() - lifetimeMs, limit: portion });
      await deleteEvents(unit, expired);
      if (expired.length > 0) forgetHead(unit, roomId);
      if (expired.length === portion) return { isDone: false };
      // What the server's default says is looked after by the sweep.
      const oldestMs = isOwn ? await oldestMessageMs(unit, roomId) : undefined;
      return { isDone: true, ...(oldestMs !== undefined && { nextMs: oldestMs + lifetimeMs }) };
    });
  }

  /** The newest event may be among those that went. */
  function forgetHead(unit: Unit, roomId: string): void {
    memory.dropHead(roomId);
    unit.onUndo(() => memory.dropHead(roomId));
  }

  async function purgeRoom(roomId: string): Promise<void> {
    let part = await purgePortion(roomId);
    while (!part.isDone) part = await purgePortion(roomId);
    nextByRoom.delete(roomId);
    if (part.nextMs !== undefined) note(roomId, part.nextMs);
  }

  /** Looks through all rooms for what the server's default says. */
  async function sweep(): Promise<void> {
    nextSweepMs = now() + sweepEveryMs;
    for (let after = ''; ; ) {
      const roomIds = await listRoomIdsAfter(db, after, 100);
      for (const roomId of roomIds) await purgeRoom(roomId);
      const last = roomIds.at(-1);
      if (last === undefined) return;
      after = last;
    }
  }

  async function purgeDue(): Promise<number | undefined> {
    if (!mayCleanUp()) return now() + 60_000;
    try {
      for (const [roomId, atMs] of nextByRoom) if (atMs <= now()) await purgeRoom(roomId);
      if (nextSweepMs <= now()) await sweep();
    } catch {
      // Storage refuses: a moment later it may not.
      return now() + 1000;
    }
    return Math.min(nextSweepMs, ...nextByRoom.values());
  }

  function note(roomId: string, atMs: number): void {
    nextByRoom.set(roomId, Math.min(atMs, nextByRoom.get(roomId) ?? atMs));
    alarm.setBy(atMs);
  }

  return {
    async listener(unit, { roomId, draft }) {
      if (draft.type === EventType.retention && draft.stateKey === '') unit.afterwards(() => note(roomId, now()));
      if (draft.stateKey !== undefined) return;
      const { lifetimeMs, isOwn } = await policyOf(unit, roomId);
      if (lifetimeMs === undefined || !isOwn) return;
      const atMs = (draft.originServerTs ?? now()) + lifetimeMs;
      unit.afterwards(() => note(roomId, atMs));
    },
    async start() {
      for (const roomId of await listRoomsWithRetention(db)) {
        if (mayCleanUp()) await purgeRoom(roomId);
        else note(roomId, now());
      }
      if (defaultLifetimeMs === undefined) return;
      nextSweepMs = now();
      alarm.setBy(nextSweepMs);
    },
    close: alarm.close,
  };
}
