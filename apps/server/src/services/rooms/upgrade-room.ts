import { EventType, isUserId, type JsonObject, MatrixError } from '@sotto/protocol';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { listMembersOfRoom } from '../../store/memberships.ts';
import { listAliasesOfRoom } from '../../store/room-aliases.ts';
import { listLinksToRoom, listRoomSettings } from '../../store/room-state.ts';
import { getRoom, isRoomDirect, setRoomDirect, setRoomVisibility } from '../../store/rooms.ts';
import { currentLevels } from '../current-levels.ts';
import type { RoomPolicy } from '../policy/index.ts';
import { bytesOfEvent, type Quotas } from '../quotas/index.ts';
import type { RandomText } from '../random-text.ts';
import { type RoomMemory, type StateEntry, stateEntryOf } from '../room-memory.ts';
import { creatorsOf } from '../room-rules/room-state.ts';
import { findRoomVersion, type RoomVersion } from '../room-rules/room-versions.ts';
import { refuse } from '../room-rules/rule-input.ts';
import type { AppendEvent } from '../timeline/append-event.ts';
import type { BeginRoom } from './create-room.ts';
import type { Memberships } from './memberships.ts';
import type { MoveMembers } from './move-members.ts';
import {
  levelsForSetUp,
  levelsOfOldRoom,
  type Succession,
  successorLevels,
  successorState,
} from './successor-state.ts';

export interface UpgradeRequest {
  userId: string;
  roomId: string;
  newVersion: string;
  additionalCreators?: readonly string[] | undefined;
  /** Whether the successor is encrypted; as the old room, when it is left out. */
  isEncrypted?: boolean | undefined;
}

/**
 * Replaces a room by one of another version, as one unit of work: the successor has the members, levels and settings,
 * takes over names and places in spaces, and the old room points to it (specification, "Room Upgrades"). Gives its id.
 * @throws MatrixError M_UNSUPPORTED_ROOM_VERSION, M_FORBIDDEN, M_INVALID_PARAM, M_NOT_FOUND
 */
export type UpgradeRoom = (request: UpgradeRequest) => Promise<string>;

export interface UpgradeParts {
  log: LogWriter;
  memory: RoomMemory;
  append: AppendEvent;
  memberships: Memberships;
  beginRoom: BeginRoom;
  moveAliases: (unit: Unit, fromRoomId: string, toRoomId: string) => Promise<void>;
  moveMembers: MoveMembers;
  random: RandomText;
  serverName: string;
  policy: RoomPolicy;
  quotas: Pick<Quotas, 'takeBytes'>;
}

interface OldRoom {
  roomId: string;
  /** The current state without members. */
  state: readonly StateEntry[];
  create: StateEntry;
  levels: JsonObject | undefined;
}

export function createUpgradeRoom(parts: UpgradeParts): UpgradeRoom {
  const { log, memory, append, memberships, beginRoom, moveAliases, moveMembers, random, serverName, policy } = parts;
  const { quotas } = parts;

  async function readOld(unit: Unit, roomId: string): Promise<OldRoom> {
    const state = (await listRoomSettings(unit, roomId)).map(stateEntryOf);
    const at = (type: string) => state.find((each) => each.type === type && each.state_key === '');
    const create = at(EventType.create);
    if (create === undefined) throw new MatrixError('M_NOT_FOUND', 'There is no such room here.');
    return { roomId, state, create, levels: at(EventType.powerLevels)?.content };
  }

  /** Makes the successor and points the old room to it; which of the two comes first is a matter of the room version. */
  async function succeed(unit: Unit, old: OldRoom, { upgrader: sender, version, additionalCreators }: Succession) {
    const kept: JsonObject = {};
    for (const key of ['type', 'm.federate'])
      if (old.create.content[key] !== undefined) kept[key] = old.create.content[key];
    if (version.creatorsAbovePower && additionalCreators.length > 0) kept.additional_creators = [...additionalCreators];
    const tombstone = (replacement: string) =>
      append(unit, {
        roomId: old.roomId,
        type: EventType.tombstone,
        stateKey: '',
        sender,
        content: { body: 'This room has been replaced', replacement_room: replacement },
      });
    const predecessor: JsonObject = { room_id: old.roomId };
    if (version.roomIdIsCreateHash) {
      const roomId = await beginRoom(unit, { creator: sender, version, content: { ...kept, predecessor } });
      await tombstone(roomId);
      return roomId;
    }
    const roomId = `!${random(18)}:${serverName}`;
    predecessor.event_id = (await tombstone(roomId)).eventId;
    return beginRoom(unit, { creator: sender, version, content: { ...kept, predecessor }, roomId });
  }

  async function furnish(unit: Unit, old: OldRoom, { roomId, succession }: { roomId: string; succession: Succession }) {
    const { upgrader: sender } = succession;
    const set = (type: string, content: JsonObject, stateKey = '') =>
      append(unit, { roomId, type, stateKey, sender, content });
    await memberships.join(unit, { roomId, userId: sender });
    const levels = successorLevels(old.levels ?? {}, succession);
    const forSetUp = levelsForSetUp(levels, succession);
    await set(EventType.powerLevels, forSetUp);
    for (const { type, state_key: key, content } of successorState(old.state, succession))
      await set(type, content, key);
    for (const { userId } of await listMembersOfRoom(unit, old.roomId, 'ban')) {
      const ban = await memory.state(unit, old.roomId, { type: EventType.member, stateKey: userId });
      await ifAllowed(() => set(EventType.member, ban?.content ?? { membership: 'ban' }, userId));
    }
    await moveMembers.begin(unit, { fromRoomId: old.roomId, toRoomId: roomId, sender });
    return { levels, isFinal: forSetUp === levels };
  }

  /** Names, the place in the published list, and the links of spaces that the upgrader may change. */
  async function takeOver(unit: Unit, old: OldRoom, { roomId, sender }: { roomId: string; sender: string }) {
    await moveAliases(unit, old.roomId, roomId);
    const alias = await memory.state(unit, old.roomId, { type: EventType.canonicalAlias, stateKey: '' });
    if (alias !== undefined) {
      const place = { type: EventType.canonicalAlias, stateKey: '', sender };
      await ifAllowed(() => append(unit, { ...place, roomId: old.roomId, content: {} }));
      const content = onlyAliases(alias.content, await listAliasesOfRoom(unit, roomId));
      await ifAllowed(() => append(unit, { ...place, roomId, content }));
    }
    if ((await getRoom(unit, old.roomId))?.visibility === 'public') {
      await setRoomVisibility(unit, old.roomId, 'private');
      await setRoomVisibility(unit, roomId, 'public');
    }
    for (const row of await listLinksToRoom(unit, old.roomId)) {
      const { content } = stateEntryOf(row);
      if (Object.keys(content).length === 0) continue;
      const link = { roomId: row.roomId, type: EventType.spaceChild, sender };
      await ifAllowed(async () => {
        await append(unit, { ...link, stateKey: roomId, content });
        await append(unit, { ...link, stateKey: old.roomId, content: {} });
      });
    }
  }

  return async ({ userId, roomId: oldRoomId, newVersion, additionalCreators = [], isEncrypted: wish }) => {
    const version = findRoomVersion(newVersion);
    if (version === undefined)
      throw new MatrixError('M_UNSUPPORTED_ROOM_VERSION', 'This room version is not known here.');
    if (!additionalCreators.every(isUserId))
      throw new MatrixError('M_INVALID_PARAM', 'The additional creators must be a list of user ids.');
    return log.write(async (unit) => {
      await checkMayUpgrade(unit, memory, { userId, roomId: oldRoomId });
      const old = await readOld(unit, oldRoomId);
      // One short request copies them all.
      const banned = await listMembersOfRoom(unit, oldRoomId, 'ban');
      const settings = old.state.reduce((sum, { content }) => sum + bytesOfEvent(content), 0);
      quotas.takeBytes(userId, settings + banned.length * bytesOfEvent({}));
      const isEncrypted = policy.encrypts(await policy.kindOfRoom(unit, oldRoomId), wish);
      const formerCreators = await creatorsBeforeLevels(unit, old);
      const succession: Succession = { upgrader: userId, version, additionalCreators, formerCreators, isEncrypted };
      const roomId = await succeed(unit, old, succession);
      if (await isRoomDirect(unit, oldRoomId)) await setRoomDirect(unit, roomId);
      const { levels, isFinal } = await furnish(unit, old, { roomId, succession });
      await takeOver(unit, old, { roomId, sender: userId });
      const power = { type: EventType.powerLevels, stateKey: '', sender: userId };
      if (!isFinal) await append(unit, { ...power, roomId, content: levels });
      if (old.levels !== undefined) {
        const left = levelsOfOldRoom(old.levels);
        await ifAllowed(() => append(unit, { ...power, roomId: oldRoomId, content: left }));
      }
      return roomId;
    });
  };

  async function creatorsBeforeLevels(unit: Unit, old: OldRoom): Promise<readonly string[]> {
    const version = (await memory.version(unit, old.roomId)) as RoomVersion;
    return version.creatorsAbovePower || old.levels === undefined ? creatorsOf(version, old.create) : [];
  }
}

/** @throws MatrixError M_FORBIDDEN for whoever may not send the tombstone, M_NOT_FOUND */
async function checkMayUpgrade(
  unit: Unit,
  memory: RoomMemory,
  { userId, roomId }: { userId: string; roomId: string },
): Promise<void> {
  const levels = await currentLevels(unit, memory, roomId);
  if (levels === undefined) throw new MatrixError('M_NOT_FOUND', 'There is no such room here.');
  const own = await memory.state(unit, roomId, { type: EventType.member, stateKey: userId });
  if (own?.content.membership !== 'join') throw refuse('You are not in this room.');
  if (levels.of(userId) < levels.toSend(EventType.tombstone, true)) throw refuse('You may not replace this room.');
}

/** A canonical alias without names that have gone meanwhile. */
function onlyAliases({ alias, alt_aliases: others }: JsonObject, known: readonly string[]): JsonObject {
  const isKnown = (each: unknown) => known.includes(each as string);
  const kept = Array.isArray(others) ? others.filter(isKnown) : [];
  return { ...(alias !== undefined && isKnown(alias) && { alias }), ...(kept.length > 0 && { alt_aliases: kept }) };
}

/** What the rules refuse here is left as it is: the upgrade does not hang on it. */
async function ifAllowed(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof MatrixError) || error.errcode !== 'M_FORBIDDEN') throw error;
  }
}
