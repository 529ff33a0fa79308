import { EventType, type JsonObject, type JsonValue, MatrixError } from '@sotto/protocol';
import type { RoomMemory } from '../room-memory.ts';
import { creatorsOf } from '../room-rules/room-state.ts';
import type { RoomVersion } from '../room-rules/room-versions.ts';
import { type EventGuard, guardOfState } from '../timeline/event-guards.ts';

export type Preset = 'private_chat' | 'public_chat' | 'trusted_private_chat';

interface Wishes {
  creator: string;
  preset?: Preset | undefined;
  visibility?: 'public' | 'private' | undefined;
  invite?: readonly string[] | undefined;
  powerLevelOverride?: JsonObject | undefined;
}

const presetOf = ({ preset, visibility }: Wishes): Preset =>
  preset ?? (visibility === 'public' ? 'public_chat' : 'private_chat');

/** The one algorithm of encrypted rooms (client-server API, "m.megolm.v1.aes-sha2"). */
export const megolm = 'm.megolm.v1.aes-sha2';

/** The state that a preset sets, by type (the table in POST /createRoom). */
export function presetState(room: Wishes): Record<string, JsonObject> {
  const isPublic = presetOf(room) === 'public_chat';
  return {
    [EventType.joinRules]: { join_rule: isPublic ? 'public' : 'invite' },
    [EventType.historyVisibility]: { history_visibility: 'shared' },
    [EventType.guestAccess]: { guest_access: isPublic ? 'forbidden' : 'can_join' },
  };
}

/** The power levels of a new room: the usual ones, then those of the preset, then what the creator wants else. */
export function firstPowerLevels(room: Wishes, version: RoomVersion): JsonObject {
  const preset = presetOf(room);
  const users: Record<string, JsonValue> = {};
  // From version 12 on creators stand above all levels and must not be listed.
  if (!version.creatorsAbovePower) {
    users[room.creator] = 100;
    if (preset === 'trusted_private_chat') for (const userId of room.invite ?? []) users[userId] = 100;
  }
  return {
    users,
    users_default: 0,
    events: {
      [EventType.name]: 50,
      [EventType.powerLevels]: 100,
      [EventType.historyVisibility]: 100,
      [EventType.canonicalAlias]: 50,
      [EventType.avatar]: 50,
      [EventType.tombstone]: version.creatorsAbovePower ? 150 : 100,
      [EventType.serverAcl]: 100,
      [EventType.encryption]: 100,
      [EventType.retention]: 100,
      // In a room that anyone may enter, not anyone may let everybody's telephone ring.
      ...(preset === 'public_chat' && { [EventType.callInvite]: 50 }),
    },
    events_default: 0,
    state_default: 50,
    ban: 50,
    kick: 50,
    redact: 50,
    invite: preset === 'public_chat' ? 50 : 0,
    historical: 100,
    ...room.powerLevelOverride,
  };
}

/** Says what is wrong with power levels that name a creator, before the rules only refuse them (version 12). */
export function guardCreatorsLevels(memory: RoomMemory): EventGuard {
  return guardOfState([EventType.powerLevels], async (unit, { roomId, content }, version) => {
    if (!version.creatorsAbovePower) return;
    const { users } = content;
    const create = await memory.state(unit, roomId ?? '', { type: EventType.create, stateKey: '' });
    const named = creatorsOf(version, create).find((userId) => Object.hasOwn((users ?? {}) as JsonObject, userId));
    if (named !== undefined)
      throw new MatrixError(
        'M_INVALID_PARAM',
        `${named} is a creator of the room and has no level: theirs is above all.`,
      );
  });
}
