import { EventType, type JsonObject, type JsonValue } from '@sotto/protocol';
import type { StateEventLike } from '../room-rules/room-state.ts';
import type { RoomVersion } from '../room-rules/room-versions.ts';
import { megolm, presetState } from './first-state.ts';

/** What a successor is made from. */
export interface Succession {
  upgrader: string;
  version: RoomVersion;
  /** Creators beside the upgrader, where the version knows them. */
  additionalCreators: readonly string[];
  /** Who created the old room, as far as that gave them power beyond its levels (version 12). */
  formerCreators: readonly string[];
  /** Encrypted as before (undefined), or from now on, or no longer. */
  isEncrypted?: boolean | undefined;
}

/** State that goes over with its empty key (specification, "Room Upgrades", server behaviour 3). */
const copied: ReadonlySet<string> = new Set([
  EventType.joinRules,
  EventType.historyVisibility,
  EventType.guestAccess,
  EventType.encryption,
  EventType.serverAcl,
  EventType.name,
  EventType.topic,
  EventType.avatar,
  EventType.retention,
  EventType.policy,
]);
/** State that goes over whatever its key, unless it is empty: the links of spaces. */
const copiedByKey: ReadonlySet<string> = new Set([EventType.spaceChild, EventType.spaceParent]);

type Place = Pick<StateEventLike, 'type' | 'state_key' | 'content'>;

/** The state of the successor beyond creation, power and members, in the order in which it is set. */
export function successorState(old: readonly Place[], succession: Succession): Place[] {
  const isKept = ({ type, state_key: key, content }: Place) => {
    if (type === EventType.encryption && succession.isEncrypted === false) return false;
    if (copiedByKey.has(type)) return Object.keys(content).length > 0;
    return copied.has(type) && key === '';
  };
  const kept = old.filter(isKept);
  const has = (wanted: string) => kept.some(({ type }) => type === wanted);
  const usual = Object.entries(presetState({ creator: succession.upgrader, preset: 'private_chat' }));
  const missing = usual.filter(([type]) => !has(type)).map(([type, content]) => ({ type, state_key: '', content }));
  if (succession.isEncrypted === true && !has(EventType.encryption)) {
    missing.push({ type: EventType.encryption, state_key: '', content: { algorithm: megolm } });
  }
  return [...missing, ...kept];
}

/**
 * The power levels of the successor: those of the old room. Creators are not listed from version 12 on; who stood above
 * all levels there gets the highest level that the room knows where the new version has no such thing.
 */
export function successorLevels(old: JsonObject, succession: Succession): JsonObject {
  const { version, upgrader, additionalCreators, formerCreators } = succession;
  const users = { ...(old.users as JsonObject | undefined) };
  if (version.creatorsAbovePower) {
    for (const userId of [upgrader, ...additionalCreators]) delete users[userId];
  } else {
    for (const userId of formerCreators) users[userId] = Math.max(100, highestNeeded(old));
  }
  return { ...old, users, ...(version.creatorsAbovePower && { events: withTombstone(old) }) };
}

/** The levels with which the upgrader can set up the room, where their own do not suffice for it. */
export function levelsForSetUp(levels: JsonObject, { version, upgrader }: Succession): JsonObject {
  if (version.creatorsAbovePower) return levels;
  const users = (levels.users ?? {}) as JsonObject;
  const own = numberOr(users[upgrader], numberOr(levels.users_default, 0));
  const needed = highestNeeded(levels);
  return own >= needed ? levels : { ...levels, users: { ...users, [upgrader]: needed } };
}

/** The levels of the room that is left behind: nobody but its moderators writes or invites any more. */
export function levelsOfOldRoom(levels: JsonObject): JsonObject {
  const least = Math.max(50, numberOr(levels.users_default, 0) + 1);
  const raised = (key: string) => Math.max(numberOr(levels[key], 0), least);
  return { ...levels, events_default: raised('events_default'), invite: raised('invite') };
}

/** The highest level that setting up a room can ask for. */
function highestNeeded(levels: JsonObject): number {
  const events = Object.values((levels.events ?? {}) as JsonObject).map((each) => numberOr(each, 0));
  return Math.max(numberOr(levels.state_default, 50), numberOr(levels.ban, 50), numberOr(levels.invite, 0), ...events);
}

/** In version 12 replacing a room needs more than changing its state (POST /createRoom). */
function withTombstone(levels: JsonObject): JsonObject {
  const events = (levels.events ?? {}) as JsonObject;
  const least = numberOr(levels.state_default, 50);
  const isHigher = numberOr(events[EventType.tombstone], least) > least;
  return isHigher ? events : { ...events, [EventType.tombstone]: Math.max(150, least + 1) };
}

function numberOr(value: JsonValue | undefined, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}
