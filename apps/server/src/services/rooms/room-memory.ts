import type { JsonObject } from '@sotto/protocol';
import { createMemo, type Queryable } from '@sotto/sql';
import type { Unit } from '../../log/writer.ts';
import { type EventRow, getRoomHead, type RoomHead } from '../../store/events.ts';
import { getCurrentState } from '../../store/room-state.ts';
import { getRoom } from '../../store/rooms.ts';
import type { StateEventLike } from './room-state.ts';
import { findRoomVersion, type RoomVersion } from './room-versions.ts';

/** A state event with its place in the log. */
export interface StateEntry extends StateEventLike {
  readonly position: number;
}

/**
 * What the writer has just read of rooms, so that sending into a room of ten thousand costs what it costs in a room
 * of ten. Only units of work ask it: it is as new as the transaction, and forgets what a failed unit wrote.
 */
export interface RoomMemory {
  version(unit: Queryable, roomId: string): Promise<RoomVersion | undefined>;
  state(unit: Queryable, roomId: string, place: { type: string; stateKey: string }): Promise<StateEntry | undefined>;
  head(unit: Queryable, roomId: string): Promise<RoomHead | undefined>;
  setVersion(unit: Unit, roomId: string, version: RoomVersion): void;
  setHead(unit: Unit, roomId: string, head: RoomHead): void;
  /** `jsonLength`: how long its text is; what is long is not remembered. */
  setState(unit: Unit, roomId: string, entry: StateEntry & { jsonLength: number }): void;
  /** Drops the newest event (it may have been deleted). */
  dropHead(roomId: string): void;
  /** Drops one place of the state (after a redaction). */
  dropState(roomId: string, place: { type: string; stateKey: string }): void;
  /** Drops all of a room that has been purged. */
  forget(roomId: string): void;
}

/** What the rules ask for at each event of a room, once a room. */
const askedAlways: ReadonlySet<string> = new Set(['m.room.create', 'm.room.power_levels', 'm.room.join_rules']);
/** Others are remembered while they are short: thirty thousand of the largest would fill gigabytes. */
const longestKept = 2048;

const isWorthKeeping = ({ type }: StateEntry, jsonLength: number) => jsonLength <= longestKept || askedAlways.has(type);

export function createRoomMemory(): RoomMemory {
  const versions = createMemo<RoomVersion>(5_000);
  const heads = createMemo<RoomHead>(5_000);
  // `null`: known to be unset.
  const entries = createMemo<StateEntry | null>(30_000);
  const keyOf = (roomId: string, type: string, stateKey: string) => `${roomId}\0${type}\0${stateKey}`;
  return {
    async version(unit, roomId) {
      const known = versions.get(roomId);
      if (known !== undefined) return known;
      const version = findRoomVersion((await getRoom(unit, roomId))?.version);
      if (version !== undefined) versions.set(roomId, version);
      return version;
    },
    async state(unit, roomId, { type, stateKey }) {
      const key = keyOf(roomId, type, stateKey);
      const known = entries.get(key);
      if (known !== undefined) return known ?? undefined;
      const row = await getCurrentState(unit, { roomId, type, stateKey });
      const entry = row === undefined ? undefined : stateEntryOf(row);
      if (entry === undefined || isWorthKeeping(entry, row?.json.length ?? 0)) entries.set(key, entry ?? null);
      return entry;
    },
    async head(unit, roomId) {
      const known = heads.get(roomId);
      if (known !== undefined) return known;
      const head = await getRoomHead(unit, roomId);
      if (head !== undefined) heads.set(roomId, head);
      return head;
    },
    setVersion(unit, roomId, version) {
      versions.set(roomId, version);
      unit.onUndo(() => versions.delete(roomId));
    },
    setHead(unit, roomId, head) {
      heads.set(roomId, head);
      unit.onUndo(() => heads.delete(roomId));
    },
    setState(unit, roomId, { jsonLength, ...entry }) {
      const key = keyOf(roomId, entry.type, entry.state_key);
      if (isWorthKeeping(entry, jsonLength)) entries.set(key, entry);
      else entries.delete(key);
      unit.onUndo(() => entries.delete(key));
    },
    dropHead: (roomId) => heads.delete(roomId),
    dropState: (roomId, { type, stateKey }) => entries.delete(keyOf(roomId, type, stateKey)),
    forget(roomId) {
      versions.delete(roomId);
      heads.delete(roomId);
      // Seldom enough that forgetting the state of all rooms costs less than keeping track of each.
      entries.clear();
    },
  };
}

/** A stored state event as the rules look at it. */
export function stateEntryOf(row: EventRow): StateEntry {
  const { content } = JSON.parse(row.json) as { content: JsonObject };
  return {
    event_id: row.eventId,
    type: row.type,
    state_key: row.stateKey ?? '',
    sender: row.sender,
    content,
    position: row.position,
  };
}
