import type { JsonObject, JsonValue } from '@sotto/protocol';
import type { RoomVersion } from './room-versions.ts';

type RedactionRules = {
  /** In the order of canonical JSON, so that hashing has nothing to sort. */
  readonly topLevel: readonly string[];
  /** Content keys that survive, by event type; `all` keeps the whole content. */
  readonly content: ReadonlyMap<string, readonly string[] | 'all'>;
  readonly keepsThirdPartySigned: boolean;
};

const topLevel = [
  'auth_events',
  'content',
  'depth',
  'event_id',
  'hashes',
  'origin_server_ts',
  'prev_events',
  'room_id',
  'sender',
  'signatures',
  'state_key',
  'type',
];
const powerLevelKeys = [
  'ban',
  'events',
  'events_default',
  'kick',
  'redact',
  'state_default',
  'users',
  'users_default',
] as const;
const contentInBoth = [
  ['m.room.member', ['membership', 'join_authorised_via_users_server']],
  ['m.room.join_rules', ['join_rule', 'allow']],
  ['m.room.history_visibility', ['history_visibility']],
] as const;

const rulesByName: Readonly<Record<RoomVersion['redactionRules'], RedactionRules>> = {
  v9: {
    topLevel: [...topLevel, 'prev_state', 'origin', 'membership'].sort(),
    content: new Map<string, readonly string[] | 'all'>([
      ...contentInBoth,
      ['m.room.create', ['creator']],
      ['m.room.power_levels', powerLevelKeys],
    ]),
    keepsThirdPartySigned: false,
  },
  v11: {
    topLevel,
    content: new Map<string, readonly string[] | 'all'>([
      ...contentInBoth,
      ['m.room.create', 'all'],
      ['m.room.power_levels', [...powerLevelKeys, 'invite']],
      ['m.room.redaction', ['redacts']],
    ]),
    keepsThirdPartySigned: true,
  },
};

/**
 * The event without what a redaction takes away (specification, "Redactions" of each room version). Works
 * on the servers' format and on what clients get; `unsigned` goes too, and the caller adds `redacted_because`.
 */
export function redactEvent(version: RoomVersion, event: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return keepOnly(version, event, new Set());
}

const notHashed: ReadonlySet<string> = new Set(['event_id', 'signatures']);

/** The part of an event that its reference hash covers: redacted, without signatures and id. */
export function hashedPart(version: RoomVersion, event: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return keepOnly(version, event, notHashed);
}

function keepOnly(
  version: RoomVersion,
  event: Readonly<Record<string, unknown>>,
  except: ReadonlySet<string>,
): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const key of rulesByName[version.redactionRules].topLevel) {
    if (event[key] === undefined || except.has(key)) continue;
    kept[key] =
      key === 'content' ? redactContent(version, event.type as string, event.content as JsonObject) : event[key];
  }
  return kept;
}

/** What a redaction leaves of an event's content. */
export function redactContent(version: RoomVersion, type: string, content: JsonObject): JsonObject {
  const rules = rulesByName[version.redactionRules];
  const keep = rules.content.get(type);
  if (keep === undefined) return {};
  if (keep === 'all') return content;
  const redacted: JsonObject = {};
  for (const key of keep) if (Object.hasOwn(content, key)) redacted[key] = content[key] as JsonValue;
  if (rules.keepsThirdPartySigned && type === 'm.room.member') keepSigned(content.third_party_invite, redacted);
  return redacted;
}

function keepSigned(invite: JsonValue | undefined, redacted: JsonObject): void {
  if (typeof invite !== 'object' || invite === null || Array.isArray(invite)) return;
  redacted.third_party_invite = Object.hasOwn(invite, 'signed') ? { signed: invite.signed as JsonValue } : {};
}
