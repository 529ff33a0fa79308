/** Rooms in memory for the tests of the rules: state without a store. Imported by tests only. */
import type { JsonObject, Membership } from '@sotto/protocol';
import type { EventToAuthorise, RoomState, StateEventLike } from './room-state.ts';
import { type RoomVersion, type RoomVersionId, roomVersions } from './room-versions.ts';

export const server = 'example.org';
export const alice = `@alice:${server}`;
export const bob = `@bob:${server}`;
export const carol = `@carol:${server}`;
export const dave = '@dave:elsewhere.org';

export type RoomOptions = {
  readonly version?: RoomVersionId;
  readonly members?: Readonly<Record<string, Membership>>;
  readonly joinRule?: string | undefined;
  readonly power?: JsonObject | undefined;
  readonly create?: JsonObject;
  readonly more?: readonly (Pick<StateEventLike, 'type' | 'state_key' | 'content'> & { readonly sender?: string })[];
};

export type FixtureRoom = {
  readonly version: RoomVersion;
  readonly roomId: string;
  readonly createId: string;
  readonly state: RoomState;
  readonly event: (partial: Partial<EventToAuthorise> & { readonly type: string }) => EventToAuthorise;
};

/** A room that Alice made; she is in it unless `members` says otherwise. */
export function fixtureRoom(options: RoomOptions = {}): FixtureRoom {
  const version = roomVersions[options.version ?? '12'];
  const createId = `$${'c'.repeat(43)}`;
  const roomId = version.roomIdIsCreateHash ? `!${createId.slice(1)}` : `!room:${server}`;
  const events = new Map<string, StateEventLike>();
  const put = (type: string, stateKey: string, { content, sender = alice }: { content: JsonObject; sender?: string }) =>
    events.set(`${type}|${stateKey}`, {
      event_id: type === 'm.room.create' ? createId : `$${type}${stateKey}`,
      type,
      state_key: stateKey,
      sender,
      content,
    });
  const creator: JsonObject = version.creatorInContent ? { creator: alice } : {};
  put('m.room.create', '', { content: { room_version: version.id, ...creator, ...options.create } });
  for (const [userId, membership] of Object.entries({ [alice]: 'join', ...options.members })) {
    put('m.room.member', userId, { content: { membership }, sender: userId });
  }
  if (options.joinRule !== undefined) put('m.room.join_rules', '', { content: { join_rule: options.joinRule } });
  if (options.power !== undefined) put('m.room.power_levels', '', { content: options.power });
  for (const { type, state_key: key, content, sender } of options.more ?? []) {
    put(type, key, sender === undefined ? { content } : { content, sender });
  }
  return {
    version,
    roomId,
    createId,
    state: (type, stateKey) => events.get(`${type}|${stateKey}`),
    event: (partial) => ({ sender: alice, content: {}, room_id: roomId, prev_events: ['$previous'], ...partial }),
  };
}
