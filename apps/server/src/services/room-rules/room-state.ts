import type { JsonObject, JsonValue, Membership } from '@sotto/protocol';
import type { RoomVersion } from './room-versions.ts';

/** A state event, as far as the rules look at one. */
export type StateEventLike = {
  readonly event_id: string;
  readonly type: string;
  readonly state_key: string;
  readonly sender: string;
  readonly content: JsonObject;
};

/** The state that an event meets: one lookup, over state that the caller loaded before. */
export type RoomState = (type: string, stateKey: string) => StateEventLike | undefined;

/** An event that asks to be let in, before it has an id. */
export type EventToAuthorise = {
  readonly type: string;
  readonly sender: string;
  readonly content: JsonObject;
  readonly state_key?: string | undefined;
  readonly room_id?: string | undefined;
  readonly redacts?: string | undefined;
  readonly prev_events: readonly string[];
};

/** The membership of a person; `undefined` when the room never had one, which counts as `leave`. */
export function membershipOf(state: RoomState, userId: string): Membership | undefined {
  return state('m.room.member', userId)?.content.membership as Membership | undefined;
}

/** The join rule in force; without the event it is `invite`. */
export function joinRuleOf(state: RoomState): JsonValue {
  return state('m.room.join_rules', '')?.content.join_rule ?? 'invite';
}

/** Who made the room: the create event's sender (its `creator` up to version 10), in version 12 with the additional ones. */
export function creatorsOf(version: RoomVersion, create: StateEventLike | undefined): readonly string[] {
  if (create === undefined) return [];
  if (version.creatorInContent) return typeof create.content.creator === 'string' ? [create.content.creator] : [];
  const additional = version.creatorsAbovePower ? create.content.additional_creators : undefined;
  if (!Array.isArray(additional)) return [create.sender];
  return [create.sender, ...additional.filter((userId) => typeof userId === 'string')];
}
