import { createMemo } from '@sotto/sql';
import type { UnreadCount } from '../push/index.ts';
import type { RandomText } from '../random-text.ts';
import { makeToken } from '../sync-token.ts';
import { unknownPosition } from './request.ts';
import type { StateSelection } from './state-selection.ts';

/** What one connection knows of a room. Never changed, only replaced. */
export interface KnownRoom {
  membership: string;
  /** Everything of the room up to here was told. */
  upto: number;
  /** So many of the newest events were told. */
  timelineLimit: number;
  selections: readonly StateSelection[];
  /** Whose member events were told, where they are loaded as needed. */
  members: ReadonlySet<string>;
  /** What was told of the room's looks, so that only changes are told again. */
  looks: Readonly<Record<string, string>>;
  /** How much was told to be unread; undefined in a room that the person is not in. */
  unread?: UnreadCount | undefined;
}

/** Up to where the small things of a room were told; undefined for what was never told. */
export interface KnownExtras {
  accountData?: number;
  receipts?: number;
  typing?: number;
}

/** What one answer changes of what a connection knows. */
export interface ConnectionChanges {
  rooms: Map<string, KnownRoom>;
  extras: Map<string, KnownExtras>;
}

/** A connection as a request finds it. */
export interface Connection {
  /** Up to where the last answer went; undefined for a new connection. */
  readonly position: number | undefined;
  room(roomId: string): KnownRoom | undefined;
  extras(roomId: string): KnownExtras;
  /** Keeps what an answer tells, for when its token comes back. Gives that token. */
  keep(position: number, changes: ConnectionChanges): string;
}

/**
 * What each connection knows (MSC4186), in memory: a server that has forgotten it says so, and the client begins anew.
 * Nothing is known before the token of its answer comes back, for an answer may be lost on its way.
 */
export interface Connections {
  /** @throws MatrixError M_UNKNOWN_POS */
  open(owner: ConnectionOwner, pos: string | undefined): Connection;
}

export interface ConnectionOwner {
  userId: string;
  deviceId: string;
  connectionId: string;
}

interface Answer extends ConnectionChanges {
  pos: string;
  position: number;
}

interface Memory {
  /** Unlike that of any other connection, before and after a restart. */
  name: string;
  serial: number;
  pos: string | undefined;
  position: number | undefined;
  rooms: Map<string, KnownRoom>;
  extras: Map<string, KnownExtras>;
  /** Answers to the present position whose tokens have not come back. */
  answers: Answer[];
}

const mostDevices = 5_000;
/** A client has one or a few; more would take the place of other people's. */
const mostOfDevice = 10;
/** A client that repeats a request without reading the answers has so many open at once at most. */
const mostAnswers = 4;

export function createConnections(random: RandomText): Connections {
  const devices = createMemo<Map<string, Memory>>(mostDevices);

  function begin(device: string, connectionId: string): Memory {
    const memories = devices.get(device) ?? new Map<string, Memory>();
    memories.delete(connectionId);
    // The first key of a map is the one that was begun longest ago.
    if (memories.size >= mostOfDevice) memories.delete(memories.keys().next().value as string);
    const memory: Memory = {
      name: random(6),
      serial: 0,
      pos: undefined,
      position: undefined,
      rooms: new Map(),
      extras: new Map(),
      answers: [],
    };
    devices.set(device, memories.set(connectionId, memory));
    return memory;
  }

  /** The token of an answer proves that it was read: what it told is known from now on. */
  function advance(memory: Memory | undefined, pos: string): Memory {
    if (memory === undefined) throw unknownPosition();
    if (memory.pos === pos) return memory;
    const answer = memory.answers.find((each) => each.pos === pos);
    if (answer === undefined) throw unknownPosition();
    for (const [roomId, room] of answer.rooms) memory.rooms.set(roomId, room);
    for (const [roomId, extras] of answer.extras) memory.extras.set(roomId, extras);
    memory.pos = pos;
    memory.position = answer.position;
    memory.answers = [];
    return memory;
  }

  return {
    open({ userId, deviceId, connectionId }, pos) {
      const device = `${userId}\0${deviceId}`;
      const known = pos === undefined ? undefined : devices.get(device)?.get(connectionId);
      const memory = pos === undefined ? begin(device, connectionId) : advance(known, pos);
      return {
        position: memory.position,
        room: (roomId) => memory.rooms.get(roomId),
        extras: (roomId) => memory.extras.get(roomId) ?? {},
        keep(position, changes) {
          const next = `${makeToken(position)}_${memory.name}${memory.serial++}`;
          memory.answers = [...memory.answers.slice(1 - mostAnswers), { ...changes, pos: next, position }];
          return next;
        },
      };
    },
  };
}
