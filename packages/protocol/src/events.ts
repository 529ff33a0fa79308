import type { JsonObject } from './canonical-json.ts';

/** Event types that the server or the client must know by name. */
export const EventType = {
  create: 'm.room.create',
  member: 'm.room.member',
  powerLevels: 'm.room.power_levels',
  joinRules: 'm.room.join_rules',
  historyVisibility: 'm.room.history_visibility',
  guestAccess: 'm.room.guest_access',
  thirdPartyInvite: 'm.room.third_party_invite',
  encryption: 'm.room.encryption',
  encrypted: 'm.room.encrypted',
  message: 'm.room.message',
  sticker: 'm.sticker',
  reaction: 'm.reaction',
  redaction: 'm.room.redaction',
  name: 'm.room.name',
  topic: 'm.room.topic',
  avatar: 'm.room.avatar',
  canonicalAlias: 'm.room.canonical_alias',
  aliases: 'm.room.aliases',
  pinnedEvents: 'm.room.pinned_events',
  serverAcl: 'm.room.server_acl',
  tombstone: 'm.room.tombstone',
  retention: 'm.room.retention',
  policy: 'm.room.policy',
  spaceChild: 'm.space.child',
  spaceParent: 'm.space.parent',
  callInvite: 'm.call.invite',
  pollStart: 'm.poll.start',
  pollResponse: 'm.poll.response',
  pollEnd: 'm.poll.end',
  typing: 'm.typing',
  receipt: 'm.receipt',
  presence: 'm.presence',
  direct: 'm.direct',
  tag: 'm.tag',
  fullyRead: 'm.fully_read',
  markedUnread: 'm.marked_unread',
  pushRules: 'm.push_rules',
  ignoredUserList: 'm.ignored_user_list',
} as const;

/** `rel_type` of `m.relates_to` (specification, "Relationship types"). */
export const RelationType = {
  annotation: 'm.annotation',
  replace: 'm.replace',
  reference: 'm.reference',
  thread: 'm.thread',
} as const;

export const memberships = ['invite', 'join', 'knock', 'leave', 'ban'] as const;
export type Membership = (typeof memberships)[number];

export const historyVisibilities = ['invited', 'joined', 'shared', 'world_readable'] as const;
export type HistoryVisibility = (typeof historyVisibilities)[number];

export const joinRules = ['public', 'knock', 'invite', 'private', 'restricted', 'knock_restricted'] as const;
export type JoinRule = (typeof joinRules)[number];

export const guestAccesses = ['can_join', 'forbidden'] as const;
export type GuestAccess = (typeof guestAccesses)[number];

/** Types of `m.room.encryption` and the algorithm that every client speaks. */
export const megolmAlgorithm = 'm.megolm.v1.aes-sha2';

/** A room event as clients get it. Times in milliseconds since the epoch. */
export type ClientEvent = {
  readonly type: string;
  readonly event_id: string;
  readonly room_id: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly content: JsonObject;
  readonly state_key?: string;
  /** Only on `m.room.redaction`: top level for older clients, in every room version. */
  readonly redacts?: string;
  readonly unsigned?: JsonObject;
};

/** A `ClientEvent` that is state. */
export type StateEvent = ClientEvent & { readonly state_key: string };

/** State without ids and times, as an invitee or a knocker sees it. */
export type StrippedStateEvent = Pick<StateEvent, 'type' | 'state_key' | 'sender' | 'content'>;

/**
 * An event in the format that servers exchange (room versions 4 and later): the thing that is hashed.
 * The event id isn't in it, but computed from it. `room_id` is absent from the create event of version 12.
 */
export type Pdu = {
  readonly type: string;
  readonly room_id?: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly content: JsonObject;
  readonly state_key?: string;
  readonly redacts?: string;
  readonly depth: number;
  readonly prev_events: readonly string[];
  readonly auth_events: readonly string[];
  readonly hashes: { readonly sha256: string };
  readonly signatures?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly unsigned?: JsonObject;
};

/** A `Pdu` before its content hash was put in. */
export type UnhashedPdu = Omit<Pdu, 'hashes'>;
