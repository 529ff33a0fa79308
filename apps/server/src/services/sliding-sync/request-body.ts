import { clampLimit, MatrixError } from '@sotto/protocol';
import Type, { type Static } from 'typebox';
import { parseToken } from '../sync-token.ts';
import type { ExtensionRequests, ExtensionScope, RoomFilters, RoomListRequest } from './request.ts';
import type { RoomConfig, StateSelection } from './state-selection.ts';

const index = Type.Integer({ minimum: 0 });
const Window = Type.Tuple([index, index]);
const flag = Type.Optional(Type.Boolean());
const texts = Type.Optional(Type.Array(Type.String()));
const roomTypes = Type.Optional(Type.Array(Type.Union([Type.String(), Type.Null()])));

const Pattern = Type.Object({ type: Type.Optional(Type.String()), state_key: Type.Optional(Type.String()) });

/** As pairs of type and key with their wildcards (what clients send), or as the merged proposal has it. */
const RequiredState = Type.Union([
  Type.Array(Type.Tuple([Type.String(), Type.String()])),
  Type.Object({
    include: Type.Optional(Type.Array(Pattern)),
    exclude: Type.Optional(Type.Array(Pattern)),
    lazy_members: flag,
  }),
]);

const config = {
  timeline_limit: Type.Integer({ minimum: 0 }),
  required_state: Type.Optional(RequiredState),
};

const List = Type.Object({
  ...config,
  ranges: Type.Optional(Type.Array(Window)),
  range: Type.Optional(Window),
  slow_get_all_rooms: flag,
  filters: Type.Optional(
    Type.Object({
      is_dm: flag,
      spaces: texts,
      is_encrypted: flag,
      is_invite: flag,
      is_invited: flag,
      room_types: roomTypes,
      not_room_types: roomTypes,
      room_name_like: Type.Optional(Type.String()),
      tags: texts,
      not_tags: texts,
    }),
  ),
});

const Scope = Type.Optional(Type.Object({ enabled: flag, lists: texts, rooms: texts }));

const ThreadSubscriptions = Type.Optional(
  Type.Object({ enabled: flag, limit: Type.Optional(Type.Integer({ minimum: 1 })) }),
);
const unstableThreads = 'io.element.msc4308.thread_subscriptions';
const mostThreads = 512;

/** The body of both endpoints (MSC4186: as clients send it today, and as the merged proposal has it). */
export const SlidingSyncBody = Type.Object({
  conn_id: Type.Optional(Type.String()),
  txn_id: Type.Optional(Type.String()),
  pos: Type.Optional(Type.String()),
  timeout: Type.Optional(index),
  set_presence: Type.Optional(Type.Enum(['online', 'offline', 'unavailable'])),
  lists: Type.Optional(Type.Record(Type.String(), List)),
  room_subscriptions: Type.Optional(Type.Record(Type.String(), Type.Object(config))),
  extensions: Type.Optional(
    Type.Object({
      to_device: Type.Optional(
        Type.Object({ enabled: flag, limit: Type.Optional(index), since: Type.Optional(Type.String()) }),
      ),
      e2ee: Type.Optional(Type.Object({ enabled: flag })),
      account_data: Scope,
      receipts: Scope,
      typing: Scope,
      thread_subscriptions: ThreadSubscriptions,
      [unstableThreads]: ThreadSubscriptions,
    }),
  ),
});
export type SlidingSyncBody = Static<typeof SlidingSyncBody>;

/** The part of a request that its body says. */
export interface BodyRequests {
  lists: Map<string, RoomListRequest>;
  subscriptions: Map<string, RoomConfig>;
  extensions: ExtensionRequests;
}

const mostRules = 100;
const mostEvents = 100;

/**
 * Reads the rules of a body for one person.
 * @throws MatrixError M_INVALID_PARAM for too many of them, a window that ends before it begins, or a foreign token
 */
export function readBody(body: SlidingSyncBody, { userId, newest }: { userId: string; newest: number }): BodyRequests {
  const lists = Object.entries(body.lists ?? {});
  const subscriptions = Object.entries(body.room_subscriptions ?? {});
  if (lists.length > mostRules || subscriptions.length > mostRules)
    throw new MatrixError('M_INVALID_PARAM', `A request has at most ${mostRules} lists and as many subscriptions.`);
  return {
    lists: new Map(lists.map(([name, list]) => [name, readList(list, userId)])),
    subscriptions: new Map(subscriptions.map(([roomId, each]) => [roomId, readConfig(each, userId)])),
    extensions: readExtensionRequests(body.extensions ?? {}, newest),
  };
}

function readList(list: Static<typeof List>, userId: string): RoomListRequest {
  const ranges = list.range === undefined ? list.ranges : [list.range];
  if (ranges?.some(([first, last]) => last < first))
    throw new MatrixError('M_INVALID_PARAM', 'A window ends before it begins.');
  const { is_invite: isInvite, is_invited: isInvited = isInvite, ...filters } = list.filters ?? {};
  const roomFilters: RoomFilters = {
    isDm: filters.is_dm,
    spaces: filters.spaces,
    isEncrypted: filters.is_encrypted,
    isInvited,
    roomTypes: filters.room_types,
    notRoomTypes: filters.not_room_types,
    roomNameLike: filters.room_name_like,
    tags: filters.tags,
    notTags: filters.not_tags,
  };
  return {
    ranges: list.slow_get_all_rooms === true ? undefined : ranges,
    filters: roomFilters,
    config: readConfig(list, userId),
  };
}

function readConfig(
  {
    timeline_limit: limit,
    required_state: required = [],
  }: { timeline_limit: number; required_state?: Static<typeof RequiredState> },
  userId: string,
): RoomConfig {
  const selection = Array.isArray(required) ? readPairs(required, userId) : readSelection(required);
  return { timelineLimit: Math.min(limit, mostEvents), selections: [selection] };
}

function readPairs(pairs: readonly (readonly [string, string])[], userId: string): StateSelection {
  const own = (stateKey: string) => (stateKey === '$ME' ? userId : stateKey);
  return {
    include: pairs
      .filter(([, stateKey]) => stateKey !== '$LAZY')
      .map(([type, stateKey]) => ({
        ...(type !== '*' && { type }),
        ...(stateKey !== '*' && { stateKey: own(stateKey) }),
      })),
    exclude: [],
    lazyMembers: pairs.some(([type, stateKey]) => type === 'm.room.member' && stateKey === '$LAZY'),
  };
}

function readSelection(required: {
  include?: readonly Static<typeof Pattern>[];
  exclude?: readonly Static<typeof Pattern>[];
  lazy_members?: boolean;
}): StateSelection {
  const patterns = (list: readonly Static<typeof Pattern>[] = []) =>
    list.map(({ type, state_key: stateKey }) => ({
      ...(type !== undefined && { type }),
      ...(stateKey !== undefined && { stateKey }),
    }));
  return {
    include: patterns(required.include),
    exclude: patterns(required.exclude),
    lazyMembers: required.lazy_members === true,
  };
}

function readExtensionRequests(
  extensions: NonNullable<SlidingSyncBody['extensions']>,
  newest: number,
): ExtensionRequests {
  const { to_device: toDevice, e2ee, account_data: accountData, receipts, typing } = extensions;
  const scope = ({ lists, rooms }: { lists?: string[]; rooms?: string[] }): ExtensionScope => ({ lists, rooms });
  const since = toDevice?.since;
  return {
    ...(toDevice?.enabled && {
      toDevice: { since: since === undefined ? undefined : parseToken(since, newest), limit: toDevice.limit ?? 100 },
    }),
    ...(e2ee?.enabled && { e2ee }),
    ...(accountData?.enabled && { accountData: scope(accountData) }),
    ...(receipts?.enabled && { receipts: scope(receipts) }),
    ...(typing?.enabled && { typing: scope(typing) }),
    ...threadRequest(extensions),
  };
}

function threadRequest(
  extensions: NonNullable<SlidingSyncBody['extensions']>,
): Pick<ExtensionRequests, 'threadSubscriptions'> {
  const name = (['thread_subscriptions', unstableThreads] as const).find((each) => extensions[each]?.enabled);
  if (name === undefined) return {};
  const limit = clampLimit(extensions[name]?.limit, { fallback: 100, max: mostThreads });
  return { threadSubscriptions: { name, limit } };
}
