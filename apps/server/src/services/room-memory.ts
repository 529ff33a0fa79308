import { EventType, type JsonObject } from '@sotto/protocol';
import { createMemo, type Queryable } from '@sotto/sql';
import type { Unit } from '../log/writer.ts';
import { type EventRow, getRoomHead, type RoomHead } from '../store/events.ts';
import { getCurrentState } from '../store/room-state.ts';
import { getRoom } from '../store/rooms.ts';
import type { StateEventLike } from './room-rules/room-state.ts';
import { findRoomVersion, type RoomVersion } from './room-rules/room-versions.ts';

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
const neededByRules: ReadonlySet<string> = new Set(['m.room.create', 'm.room.power_levels', 'm.room.join_rules']);
/** What each event asks for is kept with its room, and found there without making one key of three texts. */
const askedAlways: ReadonlySet<string> = new Set([...neededByRules, EventType.retention]);
/** Others are remembered while they are short: thirty thousand of the largest would fill gigabytes. */
const longestKept = 2048;

const isWorthKeeping = (type: string, jsonLength: number) => jsonLength <= longestKept || neededByRules.has(type);

interface KnownRoom {
  version?: RoomVersion | undefined;
  head?: RoomHead | undefined;
  /** What is asked always, by type; `null`: known to be unset. */
  readonly always: Map<string, StateEntry | null>;
}

export function createRoomMemory(): RoomMemory {
  const rooms = createMemo<KnownRoom>(5_000);
  // `null`: known to be unset.
  const others = createMemo<StateEntry | null>(30_000);
  const roomOf = (roomId: string): KnownRoom => {
    const known = rooms.get(roomId);
    if (known !== undefined) return known;
    const room: KnownRoom = { always: new Map() };
    rooms.set(roomId, room);
    return room;
  };
  const isAskedAlways = (type: string, stateKey: string) => stateKey === '' && askedAlways.has(type);
  const keyOf = (roomId: string, type: string, stateKey: string) => `${roomId}\0${type}\0${stateKey}`;
  const recall = (roomId: string, type: string, stateKey: string) =>
    isAskedAlways(type, stateKey) ? rooms.get(roomId)?.always.get(type) : others.get(keyOf(roomId, type, stateKey));
  const drop = (roomId: string, type: string, stateKey: string): void => {
    if (isAskedAlways(type, stateKey)) rooms.get(roomId)?.always.delete(type);
    else others.delete(keyOf(roomId, type, stateKey));
  };
  const keep = (roomId: string, place: { type: string; stateKey: string }, entry: StateEntry | null): void => {
    const { type, stateKey } = place;
    if (isAskedAlways(type, stateKey)) roomOf(roomId).always.set(type, entry);
    else others.set(keyOf(roomId, type, stateKey), entry);
  };
  const dropHead = (roomId: string): void => {
    const room = rooms.get(roomId);
    if (room !== undefined) room.head = undefined;
  };
  return {
    async version(unit, roomId) {
      const known = rooms.get(roomId)?.version;
      if (known !== undefined) return known;
      const version = findRoomVersion((await getRoom(unit, roomId))?.version);
      if (version !== undefined) roomOf(roomId).version = version;
      return version;
    },
    async state(unit, roomId, place) {
      const known = recall(roomId, place.type, place.stateKey);
      if (known !== undefined) return known ?? undefined;
      const row = await getCurrentState(unit, { roomId, ...place });
      const entry = row === undefined ? undefined : stateEntryOf(row);
      if (isWorthKeeping(place.type, row?.json.length ?? 0)) keep(roomId, place, entry ?? null);
      return entry;
    },
    async head(unit, roomId) {
      const known = rooms.get(roomId)?.head;
      if (known !== undefined) return known;
      const head = await getRoomHead(unit, roomId);
      if (head !== undefined) roomOf(roomId).head = head;
      return head;
    },
    setVersion(unit, roomId, version) {
      roomOf(roomId).version = version;
      unit.onUndo(() => rooms.delete(roomId));
    },
    setHead(unit, roomId, head) {
      roomOf(roomId).head = head;
      unit.onUndo(() => dropHead(roomId));
    },
    setState(unit, roomId, { jsonLength, ...entry }) {
      const { type, state_key: stateKey } = entry;
      if (isWorthKeeping(type, jsonLength)) keep(roomId, { type, stateKey }, entry);
      else drop(roomId, type, stateKey);
      unit.onUndo(() => drop(roomId, type, stateKey));
    },
    dropHead,
    dropState: (roomId, { type, stateKey }) => drop(roomId, type, stateKey),
    forget(roomId) {
      rooms.delete(roomId);
      // Seldom enough that forgetting the state of all rooms costs less than keeping track of each.
      others.clear();
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
