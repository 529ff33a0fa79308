/**
 * TypeBox schemas that endpoints share: the contents of events that the server itself reads and obeys.
 * They refuse wrong types and nothing else: unknown keys pass, and what a client may send empty to take
 * something back (a name, an alias) may be empty. Validators are made from them by `check.ts`.
 */
import Type from 'typebox';
import { EventType, guestAccesses, historyVisibilities, joinRules, memberships } from './events.ts';

const oneOf = <const Values extends readonly string[]>(values: Values) => Type.Enum([...values] as [...Values]);
const optionalText = Type.Optional(Type.Union([Type.String(), Type.Null()]));
/** What canonical JSON allows as a number. */
const integer = Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });
const level = Type.Optional(integer);
// Not Type.Record: its pattern lets the value of a name with a line break pass unchecked.
const levels = Type.Optional(Type.Object({}, { additionalProperties: integer }));

export const CreateContent = Type.Object({
  creator: Type.Optional(Type.String()),
  'm.federate': Type.Optional(Type.Boolean()),
  room_version: Type.Optional(Type.String()),
  type: Type.Optional(Type.String()),
  predecessor: Type.Optional(Type.Object({ room_id: Type.String(), event_id: Type.Optional(Type.String()) })),
  additional_creators: Type.Optional(Type.Array(Type.String())),
});

export const MemberContent = Type.Object({
  membership: oneOf(memberships),
  displayname: optionalText,
  avatar_url: optionalText,
  is_direct: Type.Optional(Type.Boolean()),
  join_authorised_via_users_server: Type.Optional(Type.String()),
  reason: optionalText,
  third_party_invite: Type.Optional(Type.Object({ signed: Type.Object({}) })),
});

/** Power levels of room versions 10 and later: integers only. */
export const PowerLevelsContent = Type.Object({
  ban: level,
  invite: level,
  kick: level,
  redact: level,
  events_default: level,
  state_default: level,
  users_default: level,
  events: levels,
  users: levels,
  notifications: levels,
});

/** `allow` stays unchecked: the specification has a bad condition mean "nobody", not an error. */
export const JoinRulesContent = Type.Object({ join_rule: oneOf(joinRules), allow: Type.Optional(Type.Unknown()) });

export const HistoryVisibilityContent = Type.Object({ history_visibility: oneOf(historyVisibilities) });

export const GuestAccessContent = Type.Object({ guest_access: oneOf(guestAccesses) });

export const EncryptionContent = Type.Object({
  algorithm: Type.String(),
  rotation_period_ms: Type.Optional(Type.Integer()),
  rotation_period_msgs: Type.Optional(Type.Integer()),
});

export const CanonicalAliasContent = Type.Object({
  alias: optionalText,
  alt_aliases: Type.Optional(Type.Array(Type.String())),
});

export const TombstoneContent = Type.Object({ body: Type.Optional(Type.String()), replacement_room: Type.String() });

export const NameContent = Type.Object({ name: optionalText });

export const TopicContent = Type.Object({ topic: optionalText });

export const AvatarContent = Type.Object({ url: optionalText });

export const PinnedEventsContent = Type.Object({ pinned: Type.Optional(Type.Array(Type.String())) });

export const ThirdPartyInviteContent = Type.Object({
  display_name: Type.Optional(Type.String()),
  key_validity_url: Type.Optional(Type.String()),
  public_key: Type.Optional(Type.String()),
  public_keys: Type.Optional(
    Type.Array(Type.Object({ public_key: Type.String(), key_validity_url: Type.Optional(Type.String()) })),
  ),
});

export const ServerAclContent = Type.Object({
  allow: Type.Optional(Type.Array(Type.String())),
  deny: Type.Optional(Type.Array(Type.String())),
  allow_ip_literals: Type.Optional(Type.Boolean()),
});

/** MSC1763, milliseconds. */
export const RetentionContent = Type.Object({
  min_lifetime: Type.Optional(Type.Integer({ minimum: 0 })),
  max_lifetime: Type.Optional(Type.Integer({ minimum: 0 })),
});

/** The content schema of each event type that the server checks before it stores one. */
export const eventContentSchemas = {
  [EventType.create]: CreateContent,
  [EventType.member]: MemberContent,
  [EventType.powerLevels]: PowerLevelsContent,
  [EventType.joinRules]: JoinRulesContent,
  [EventType.historyVisibility]: HistoryVisibilityContent,
  [EventType.guestAccess]: GuestAccessContent,
  [EventType.encryption]: EncryptionContent,
  [EventType.canonicalAlias]: CanonicalAliasContent,
  [EventType.tombstone]: TombstoneContent,
  [EventType.name]: NameContent,
  [EventType.topic]: TopicContent,
  [EventType.avatar]: AvatarContent,
  [EventType.pinnedEvents]: PinnedEventsContent,
  [EventType.thirdPartyInvite]: ThirdPartyInviteContent,
  [EventType.serverAcl]: ServerAclContent,
  [EventType.retention]: RetentionContent,
} as const;
