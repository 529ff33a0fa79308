import type { JsonValue } from '@sotto/protocol';
import type { EventToAuthorise } from './room-state.ts';
import type { RoomVersion } from './room-versions.ts';

/** A place in the room's state. */
export type StateKey = { readonly type: string; readonly stateKey: string };

/**
 * Which state gives the sender leave to send this event (server-server API, "Auth events selection"). What
 * of it exists becomes `auth_events`; version 12 leaves the create event out, which the room id stands for.
 */
export function selectAuthEvents(
  version: RoomVersion,
  event: Pick<EventToAuthorise, 'type' | 'sender' | 'state_key' | 'content'>,
): readonly StateKey[] {
  if (event.type === 'm.room.create') return [];
  const keys: StateKey[] = version.roomIdIsCreateHash ? [] : [{ type: 'm.room.create', stateKey: '' }];
  keys.push({ type: 'm.room.power_levels', stateKey: '' }, { type: 'm.room.member', stateKey: event.sender });
  if (event.type === 'm.room.member') addForMembership(keys, event);
  return keys;
}

function addForMembership(keys: StateKey[], event: Pick<EventToAuthorise, 'sender' | 'state_key' | 'content'>): void {
  const { membership, join_authorised_via_users_server: authoriser } = event.content;
  const target = event.state_key;
  if (target !== undefined && target !== event.sender) keys.push({ type: 'm.room.member', stateKey: target });
  if (membership === 'join' || membership === 'invite' || membership === 'knock') {
    keys.push({ type: 'm.room.join_rules', stateKey: '' });
  }
  const token = thirdPartyToken(event.content.third_party_invite);
  if (membership === 'invite' && token !== undefined) keys.push({ type: 'm.room.third_party_invite', stateKey: token });
  if (membership === 'join' && typeof authoriser === 'string' && authoriser !== event.sender && authoriser !== target) {
    keys.push({ type: 'm.room.member', stateKey: authoriser });
  }
}

/** The token of a `third_party_invite`, if it has one. */
export function thirdPartyToken(invite: JsonValue | undefined): string | undefined {
  const signed = property(invite, 'signed');
  const token = property(signed, 'token');
  return typeof token === 'string' ? token : undefined;
}

function property(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value[key] : undefined;
}
