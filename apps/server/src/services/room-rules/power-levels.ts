import type { JsonObject, JsonValue } from '@sotto/protocol';
import { creatorsOf, type RoomState } from './room-state.ts';
import type { RoomVersion } from './room-versions.ts';

/** The levels that actions need, other than sending. */
export type PowerAction = 'ban' | 'kick' | 'invite' | 'redact';

/** What people may do in a room, read from `m.room.power_levels` with its defaults. */
export type PowerLevels = {
  /** The level of a person; `Infinity` for creators from version 12 on. */
  readonly of: (userId: string) => number;
  /** The level that sending this type needs. */
  readonly toSend: (type: string, isState: boolean) => number;
  readonly to: (action: PowerAction) => number;
  /** The level that a kind of notification needs, `room` for `@room` (50 unless set). */
  readonly toNotify: (key: string) => number;
};

const actionDefaults: Readonly<Record<PowerAction, number>> = { ban: 50, kick: 50, invite: 0, redact: 50 };

/** Reads the power levels in force (client-server API, `m.room.power_levels`; room versions 10 and later: integers only). */
export function readPowerLevels(version: RoomVersion, state: RoomState): PowerLevels {
  const creators = creatorsOf(version, state('m.room.create', ''));
  const content = state('m.room.power_levels', '')?.content;
  const usersDefault = levelIn(content, 'users_default') ?? 0;
  return {
    of: (userId) => {
      if (version.creatorsAbovePower && creators.includes(userId)) return Number.POSITIVE_INFINITY;
      if (content === undefined) return creators.includes(userId) ? 100 : 0;
      return levelIn(content.users, userId) ?? usersDefault;
    },
    toSend: (type, isState) => {
      const own = levelIn(content?.events, type);
      if (own !== undefined) return own;
      if (isState) return levelIn(content, 'state_default') ?? 50;
      return levelIn(content, 'events_default') ?? 0;
    },
    to: (action) => levelIn(content, action) ?? actionDefaults[action],
    toNotify: (key) => levelIn(content?.notifications, key) ?? 50,
  };
}

function levelIn(levels: JsonValue | undefined, key: string): number | undefined {
  if (typeof levels !== 'object' || levels === null || !Object.hasOwn(levels, key)) return undefined;
  const level = (levels as JsonObject)[key];
  return typeof level === 'number' && Number.isSafeInteger(level) ? level : undefined;
}
