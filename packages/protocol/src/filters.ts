/**
 * Filters (client-server API, "Filtering"; MSC3874 for relations): their schemas, and matchers made from
 * them once and asked often. A matcher says what it needs, so that stored events are not parsed in vain.
 */
import Type, { type Static } from 'typebox';
import { compileGlob, type Matcher } from './glob.ts';

/** The most entries that lists of patterns may have. */
const maxPatterns = 100;

const texts = Type.Optional(Type.Array(Type.String()));
const patterns = Type.Optional(Type.Array(Type.String({ maxLength: 255 }), { maxItems: maxPatterns }));
const userIds = Type.Optional(Type.Array(Type.String({ pattern: '^@' })));
const roomIds = Type.Optional(Type.Array(Type.String({ pattern: '^!' })));
const flag = Type.Optional(Type.Boolean());

const eventFilterProperties = {
  limit: Type.Optional(Type.Integer({ minimum: 0 })),
  senders: userIds,
  not_senders: userIds,
  types: patterns,
  not_types: patterns,
};

/** A filter for events that belong to no room. */
export const EventFilter = Type.Object(eventFilterProperties);
export type EventFilter = Static<typeof EventFilter>;

/** A filter for events of rooms: of `/sync`, `/messages`, `/context`, `/search` and `/relations`. */
export const RoomEventFilter = Type.Object({
  ...eventFilterProperties,
  rooms: roomIds,
  not_rooms: roomIds,
  contains_url: flag,
  lazy_load_members: flag,
  include_redundant_members: flag,
  unread_thread_notifications: flag,
  rel_types: texts,
  not_rel_types: texts,
  'org.matrix.msc3874.rel_types': texts,
  'org.matrix.msc3874.not_rel_types': texts,
  related_by_rel_types: texts,
  related_by_senders: userIds,
});
export type RoomEventFilter = Static<typeof RoomEventFilter>;

/** The filter of `/sync`, and what `POST /filter` takes. */
export const SyncFilter = Type.Object({
  event_fields: texts,
  event_format: Type.Optional(Type.Enum(['client', 'federation'])),
  presence: Type.Optional(EventFilter),
  account_data: Type.Optional(EventFilter),
  room: Type.Optional(
    Type.Object({
      rooms: roomIds,
      not_rooms: roomIds,
      include_leave: flag,
      ephemeral: Type.Optional(RoomEventFilter),
      state: Type.Optional(RoomEventFilter),
      timeline: Type.Optional(RoomEventFilter),
      account_data: Type.Optional(RoomEventFilter),
    }),
  ),
});
export type SyncFilter = Static<typeof SyncFilter>;

/** An event as far as filters look at one. */
export type FilterableEvent = {
  readonly type: string;
  readonly sender?: string | undefined;
  readonly roomId?: string | undefined;
  readonly eventId?: string | undefined;
  /** Asked only when the filter looks inside: parse then. */
  readonly content?: () => Readonly<Record<string, unknown>>;
};

/** Whether an event of one of these senders and types relates to an event; absent lists mean any. */
export type FindRelation = (
  eventId: string,
  by: { readonly relTypes?: readonly string[] | undefined; readonly senders?: readonly string[] | undefined },
) => boolean;

/** A filter made ready. */
export type EventMatcher = {
  /** True when every event matches, so that none needs to be asked about. */
  readonly isOpen: boolean;
  /** True when `matches` asks for contents. */
  readonly needsContent: boolean;
  readonly matches: (event: FilterableEvent) => boolean;
  /** Whether the filter takes events of this room at all. */
  readonly includesRoom: (roomId: string) => boolean;
  readonly limit: number | undefined;
  readonly lazyLoadMembers: boolean;
  readonly includeRedundantMembers: boolean;
  readonly unreadThreadNotifications: boolean;
};

/** The filter of `/sync` made ready. */
export type SyncMatcher = {
  readonly presence: EventMatcher;
  readonly accountData: EventMatcher;
  readonly includesRoom: (roomId: string) => boolean;
  readonly includeLeave: boolean;
  readonly timeline: EventMatcher;
  readonly state: EventMatcher;
  readonly ephemeral: EventMatcher;
  readonly roomAccountData: EventMatcher;
  readonly eventFields: readonly string[] | undefined;
};

/** Makes a `/sync` filter ready; `{}` is the filter that takes everything. */
export function compileSyncFilter(filter: SyncFilter, findRelation?: FindRelation): SyncMatcher {
  const room = filter.room ?? {};
  return {
    presence: compileEventFilter(filter.presence ?? {}),
    accountData: compileEventFilter(filter.account_data ?? {}),
    includesRoom: compileList(room.rooms, room.not_rooms) ?? always,
    includeLeave: room.include_leave ?? false,
    timeline: compileEventFilter(room.timeline ?? {}, findRelation),
    state: compileEventFilter(room.state ?? {}, findRelation),
    ephemeral: compileEventFilter(room.ephemeral ?? {}),
    roomAccountData: compileEventFilter(room.account_data ?? {}),
    eventFields: filter.event_fields,
  };
}

/**
 * Makes one filter ready.
 * @param findRelation for `related_by_rel_types` and `related_by_senders`; without it they match nothing.
 */
export function compileEventFilter(filter: RoomEventFilter, findRelation?: FindRelation): EventMatcher {
  const includesRoom = compileList(filter.rooms, filter.not_rooms);
  const outside = [
    on(compileTypes(filter), (event) => event.type),
    on(compileList(filter.senders, filter.not_senders), (event) => event.sender),
    on(includesRoom, (event) => event.roomId),
    compileRelatedBy(filter, findRelation),
  ].filter((test) => test !== undefined);
  const inside = [compileContainsUrl(filter), compileRelTypes(filter)].filter((test) => test !== undefined);
  const tests = [...outside, ...inside];
  return {
    isOpen: tests.length === 0,
    needsContent: inside.length > 0,
    matches: (event) => tests.every((test) => test(event)),
    includesRoom: includesRoom ?? always,
    limit: filter.limit,
    lazyLoadMembers: filter.lazy_load_members ?? false,
    includeRedundantMembers: filter.include_redundant_members ?? false,
    unreadThreadNotifications: filter.unread_thread_notifications ?? false,
  };
}

/** How many events to give: what was asked for, within the server's bounds. */
export function clampLimit(asked: number | undefined, { fallback, max }: { fallback: number; max: number }): number {
  return Math.min(asked ?? fallback, max);
}

type Test = (event: FilterableEvent) => boolean;
/** A test of one property, which may be absent. */
type ValueTest = (value: string | undefined) => boolean;

const always = () => true;

function on(test: ValueTest | undefined, read: (event: FilterableEvent) => string | undefined): Test | undefined {
  return test === undefined ? undefined : (event) => test(read(event));
}

/** What is excluded stays out even if it is included too; an empty list includes nothing. */
function compileList(include?: readonly string[], exclude: readonly string[] = []): ValueTest | undefined {
  if (include === undefined && exclude.length === 0) return undefined;
  const included = include && new Set(include);
  const excluded = new Set(exclude);
  return (value) =>
    value === undefined ? included === undefined : (included?.has(value) ?? true) && !excluded.has(value);
}

function compileTypes({ types, not_types: notTypes = [] }: RoomEventFilter): ValueTest | undefined {
  if (types === undefined && notTypes.length === 0) return undefined;
  const isIncluded = types === undefined ? always : compilePatterns(types);
  const isExcluded = compilePatterns(notTypes);
  return (type) => type !== undefined && isIncluded(type) && !isExcluded(type);
}

/** Plain names are looked up; only those with a `*` are run. */
function compilePatterns(patterns: readonly string[]): Matcher {
  const names = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const globs = patterns
    .filter((pattern) => pattern.includes('*'))
    .map((pattern) => compileGlob(pattern, { wildcards: 'star' }));
  return (text) => names.has(text) || globs.some((matches) => matches(text));
}

function compileContainsUrl({ contains_url: wanted }: RoomEventFilter): Test | undefined {
  if (wanted === undefined) return undefined;
  return (event) => (typeof event.content?.().url === 'string') === wanted;
}

function compileRelTypes(filter: RoomEventFilter): Test | undefined {
  const include = filter.rel_types ?? filter['org.matrix.msc3874.rel_types'];
  const exclude = filter.not_rel_types ?? filter['org.matrix.msc3874.not_rel_types'];
  return on(compileList(include, exclude), relTypeOf);
}

function relTypeOf(event: FilterableEvent): string | undefined {
  const relation = event.content?.()['m.relates_to'];
  const relType = typeof relation === 'object' && relation !== null ? (relation as { rel_type?: unknown }).rel_type : 0;
  return typeof relType === 'string' ? relType : undefined;
}

function compileRelatedBy(filter: RoomEventFilter, findRelation: FindRelation | undefined): Test | undefined {
  const { related_by_rel_types: relTypes, related_by_senders: senders } = filter;
  if (relTypes === undefined && senders === undefined) return undefined;
  return ({ eventId }) => eventId !== undefined && (findRelation?.(eventId, { relTypes, senders }) ?? false);
}
