/**
 * What the operator says for kinds of rooms (features A5), as rules that every event passes on its way into the log.
 * Imports `store/`; the memory of rooms is given to it, and the rooms service asks it when it makes a room.
 */
import { EventType, type JsonObject, MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { isRoomDirect } from '../../store/rooms.ts';
import type { RoomMemory } from '../room-memory.ts';
import type { EventGuard } from '../timeline/event-guards.ts';
import { mayGoClear } from './clear-events.ts';

/**
 * `forbidden`: never encrypted. `optional` and `default`: as whoever makes the room wishes; they differ in what apps
 * propose. `forced`: always encrypted, and nothing is said in clear there.
 */
export type EncryptionRule = 'forbidden' | 'optional' | 'default' | 'forced';

/** A team is a space itself. A room is public when anyone may join it, and direct when it was made so. */
export type RoomKind = 'direct' | 'private' | 'public' | 'team';

export type EncryptionPolicy = Readonly<Record<RoomKind, EncryptionRule>>;

/** What decides the kind of a room. */
export interface RoomTraits {
  roomType: unknown;
  joinRule: unknown;
  isDirect: boolean;
}

/** Pure. */
export function kindOf({ roomType, joinRule, isDirect }: RoomTraits): RoomKind {
  if (roomType === 'm.space') return 'team';
  if (joinRule === 'public') return 'public';
  return isDirect ? 'direct' : 'private';
}

/** Inside a unit of work, by the state that it meets. */
export interface RoomPolicy {
  /** Whether a room of this kind begins encrypted. @throws MatrixError M_FORBIDDEN when the wish is against the policy */
  encrypts(kind: RoomKind, wish: boolean | undefined): boolean | undefined;
  kindOfRoom(unit: Queryable, roomId: string): Promise<RoomKind>;
  guard: EventGuard;
}

export function createRoomPolicy(policy: EncryptionPolicy, memory: RoomMemory): RoomPolicy {
  const isAnyForced = [policy.direct, policy.private, policy.public, policy.team].includes('forced');
  const stateOf = async (unit: Queryable, roomId: string, type: string) =>
    (await memory.state(unit, roomId, { type, stateKey: '' }))?.content;
  const isEncrypted = async (unit: Queryable, roomId: string) =>
    (await stateOf(unit, roomId, EventType.encryption)) !== undefined;

  async function traitsOf(unit: Queryable, roomId: string): Promise<RoomTraits> {
    return {
      roomType: (await stateOf(unit, roomId, EventType.create))?.type,
      joinRule: (await stateOf(unit, roomId, EventType.joinRules))?.join_rule,
      isDirect: await isRoomDirect(unit, roomId),
    };
  }
  const kindOfRoom = async (unit: Queryable, roomId: string) => kindOf(await traitsOf(unit, roomId));

  /** Encryption is turned on where it may be, and never off again (client-server API, "m.room.encryption"). */
  async function guardEncryption(unit: Queryable, roomId: string, content: JsonObject): Promise<void> {
    const before = await stateOf(unit, roomId, EventType.encryption);
    if (before !== undefined && before.algorithm !== content.algorithm)
      throw forbidden("A room's encryption can't be taken back or changed.");
    if (before === undefined && policy[await kindOfRoom(unit, roomId)] === 'forbidden') throw forbidden(notHere);
  }

  /** A room that changes its kind must fit into the new one. At its beginning it isn't encrypted yet. */
  async function guardJoinRules(unit: Queryable, roomId: string, content: JsonObject): Promise<void> {
    const traits = await traitsOf(unit, roomId);
    const kind = kindOf({ ...traits, joinRule: content.join_rule });
    const hasEncryption = await isEncrypted(unit, roomId);
    if (hasEncryption && policy[kind] === 'forbidden') throw forbidden(notHere);
    const isChange = traits.joinRule !== undefined && kind !== kindOf(traits);
    if (!hasEncryption && isChange && policy[kind] === 'forced') throw forbidden(alwaysHere);
  }

  async function guardClear(unit: Queryable, roomId: string): Promise<void> {
    if ((await isEncrypted(unit, roomId)) && policy[await kindOfRoom(unit, roomId)] === 'forced')
      throw forbidden('In this room nothing is said in clear: it is encrypted.');
  }

  return {
    encrypts(kind, wish) {
      if (policy[kind] === 'forbidden' && wish === true) throw forbidden(notHere);
      if (policy[kind] === 'forced' && wish === false) throw forbidden(alwaysHere);
      return policy[kind] === 'forced' ? true : wish;
    },
    kindOfRoom,
    guard(unit, { roomId, type, stateKey, content }) {
      if (roomId === undefined) return undefined;
      if (stateKey === '' && type === EventType.encryption) return guardEncryption(unit, roomId, content);
      if (stateKey === '' && type === EventType.joinRules) return guardJoinRules(unit, roomId, content);
      if (stateKey !== undefined || !isAnyForced || mayGoClear(type, content)) return undefined;
      return guardClear(unit, roomId);
    },
  };
}

const notHere = 'Rooms of this kind are not encrypted here, by decision of the operator.';
const alwaysHere = 'Rooms of this kind are always encrypted here, by decision of the operator.';
const forbidden = (message: string) => new MatrixError('M_FORBIDDEN', message);
