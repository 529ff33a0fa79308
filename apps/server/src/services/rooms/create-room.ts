import { isUserId, type JsonObject, type JsonValue, MatrixError } from '@sotto/protocol';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { setRoomVisibility } from '../../store/rooms.ts';
import type { RandomText } from '../random-text.ts';
import type { AppendEvent } from '../timeline/append-event.ts';
import type { Memberships } from './memberships.ts';
import { findRoomVersion, type RoomVersion } from './room-versions.ts';

export type Preset = 'private_chat' | 'public_chat' | 'trusted_private_chat';

export interface InitialState {
  type: string;
  stateKey: string;
  content: JsonObject;
}

export interface NewRoom {
  creator: string;
  version?: string;
  preset?: Preset;
  visibility?: 'public' | 'private';
  /** Localpart of an alias to give. */
  aliasName?: string;
  name?: string;
  topic?: string;
  invite?: readonly string[];
  isDirect?: boolean;
  creationContent?: JsonObject;
  initialState?: readonly InitialState[];
  powerLevelOverride?: JsonObject;
}

/** Makes a room with all that it starts with, as one unit of work (specification, POST /createRoom). Gives its id. */
export type CreateRoom = (room: NewRoom) => Promise<string>;

/** Takes an alias for the new room, and gives it back whole. @throws MatrixError M_ROOM_IN_USE */
export type TakeAlias = (unit: Unit, alias: { localpart: string; roomId: string; userId: string }) => Promise<string>;

export interface CreateRoomParts {
  log: LogWriter;
  append: AppendEvent;
  memberships: Memberships;
  takeAlias: TakeAlias;
  random: RandomText;
  serverName: string;
  defaultVersion: string;
}

export function createCreateRoom(parts: CreateRoomParts): CreateRoom {
  const { log, append, memberships, takeAlias, random, serverName, defaultVersion } = parts;

  /** The create event; in version 12 it makes the room id. */
  async function begin(unit: Unit, room: NewRoom, version: RoomVersion): Promise<string> {
    const { creator, invite = [] } = room;
    const content: JsonObject = { ...room.creationContent, room_version: version.id };
    if (version.creatorInContent) content.creator = creator;
    else delete content.creator;
    if (version.creatorsAbovePower && room.preset === 'trusted_private_chat') {
      const given = Array.isArray(content.additional_creators) ? (content.additional_creators as string[]) : [];
      content.additional_creators = [...new Set([...given, ...invite])];
    }
    const roomId = version.roomIdIsCreateHash ? {} : { roomId: `!${random(18)}:${serverName}` };
    const draft = { ...roomId, newRoom: { version }, type: 'm.room.create', stateKey: '', sender: creator, content };
    return (await append(unit, draft)).roomId;
  }

  async function furnish(
    unit: Unit,
    room: NewRoom,
    { roomId, version }: { roomId: string; version: RoomVersion },
  ): Promise<void> {
    const { creator, name, topic, aliasName, initialState = [] } = room;
    const set = (type: string, content: JsonObject, stateKey = '') =>
      append(unit, { roomId, type, stateKey, sender: creator, content });
    await memberships.join(unit, { roomId, userId: creator });
    await set('m.room.power_levels', powerLevels(room, version));
    if (aliasName !== undefined) {
      const alias = await takeAlias(unit, { localpart: aliasName, roomId, userId: creator });
      await set('m.room.canonical_alias', { alias });
    }
    const given = new Set(initialState.filter((each) => each.stateKey === '').map((each) => each.type));
    for (const [type, content] of Object.entries(presetState(presetOf(room))))
      if (!given.has(type)) await set(type, content);
    for (const { type, stateKey, content } of initialState) await set(type, content, stateKey);
    if (name !== undefined) await set('m.room.name', { name });
    if (topic !== undefined) {
      await set('m.room.topic', { topic, 'm.topic': { 'm.text': [{ body: topic, mimetype: 'text/plain' }] } });
    }
  }

  return async (room) => {
    const version = findRoomVersion(room.version ?? defaultVersion);
    if (version === undefined)
      throw new MatrixError('M_UNSUPPORTED_ROOM_VERSION', 'This room version is not known here.');
    const { creator, invite = [], isDirect } = room;
    for (const userId of invite)
      if (!isUserId(userId)) throw new MatrixError('M_INVALID_PARAM', 'An invitation is for a user id.');
    return log.write(async (unit) => {
      const roomId = await begin(unit, room, version);
      if (room.visibility === 'public') await setRoomVisibility(unit, roomId, 'public');
      await furnish(unit, room, { roomId, version });
      const content: JsonObject = isDirect === true ? { is_direct: true } : {};
      for (const userId of invite) await memberships.invite(unit, { roomId, sender: creator, userId, content });
      return roomId;
    });
  };
}

function presetOf({ preset, visibility }: NewRoom): Preset {
  return preset ?? (visibility === 'public' ? 'public_chat' : 'private_chat');
}

/** The table of presets in POST /createRoom. */
function presetState(preset: Preset): Record<string, JsonObject> {
  const isPublic = preset === 'public_chat';
  return {
    'm.room.join_rules': { join_rule: isPublic ? 'public' : 'invite' },
    'm.room.history_visibility': { history_visibility: 'shared' },
    'm.room.guest_access': { guest_access: isPublic ? 'forbidden' : 'can_join' },
  };
}

function powerLevels(room: NewRoom, version: RoomVersion): JsonObject {
  const users: Record<string, JsonValue> = {};
  // From version 12 on creators stand above all levels and must not be listed.
  if (!version.creatorsAbovePower) {
    users[room.creator] = 100;
    if (room.preset === 'trusted_private_chat') for (const userId of room.invite ?? []) users[userId] = 100;
  }
  const events: Record<string, JsonValue> = {
    'm.room.name': 50,
    'm.room.power_levels': 100,
    'm.room.history_visibility': 100,
    'm.room.canonical_alias': 50,
    'm.room.avatar': 50,
    'm.room.tombstone': version.creatorsAbovePower ? 150 : 100,
    'm.room.server_acl': 100,
    'm.room.encryption': 100,
  };
  const levels: JsonObject = {
    users,
    users_default: 0,
    events,
    events_default: 0,
    state_default: 50,
    ban: 50,
    kick: 50,
    redact: 50,
    invite: 0,
    historical: 100,
  };
  return { ...levels, ...room.powerLevelOverride };
}
