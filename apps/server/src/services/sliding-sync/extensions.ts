import type { Queryable } from '@sotto/sql';
import { isReceiptFor, type ReceiptRow, receiptsBetween, receiptsOfRoomSince } from '../../store/receipts.ts';
import { RawJson } from '../raw-json.ts';
import { readFilter } from '../sync/filter.ts';
import { accountDataChanges, accountDataOf } from '../sync/streams/account-data.ts';
import { deviceListChanges } from '../sync/streams/device-lists.ts';
import { oneTimeKeyCounts } from '../sync/streams/key-counts.ts';
import { type ReceiptContent, receiptContents } from '../sync/streams/receipts.ts';
import { toDevicePage } from '../sync/streams/to-device.ts';
import { makeToken } from '../sync-token.ts';
import { createListThreadChanges } from '../thread-subscriptions/index.ts';
import type { Viewer } from '../timeline/show-events.ts';
import type { Typing } from '../typing/index.ts';
import type { Connection, KnownExtras } from './connections.ts';
import type { ExtensionRequests, ExtensionScope } from './request.ts';

/** What extensions are read from. */
export interface ExtensionContext {
  db: Queryable;
  typing: Typing;
  viewer: Viewer;
  connection: Connection;
  upto: number;
  /** The rooms of each list, as far as they are in its windows, and those subscribed to. */
  lists: ReadonlyMap<string, readonly string[]>;
  subscriptions: readonly string[];
  isJoined: (roomId: string) => boolean;
  /** Events of the timelines that this answer tells, by room. */
  toldEvents: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface ExtensionAnswers {
  extensions: Record<string, unknown>;
  /** Whether there is something in them worth answering for. */
  hasNews: boolean;
  extras: Map<string, KnownExtras>;
}

const takesEverything = readFilter({});

/** The extensions that were asked for (MSC3885, 3884, 3959, 3960, 3961, 4308). */
export async function readExtensions(
  context: ExtensionContext,
  requests: ExtensionRequests,
): Promise<ExtensionAnswers> {
  const { db, viewer, connection, upto } = context;
  const extensions: Record<string, unknown> = {};
  const extras = new Map<string, KnownExtras>();
  let hasNews = false;
  if (requests.toDevice !== undefined) {
    const { since = 0, limit } = requests.toDevice;
    const page = await toDevicePage(db, viewer, { since, upto, limit });
    extensions.to_device = { next_batch: makeToken(page.upto), events: page.events };
    hasNews ||= page.events.length > 0;
  }
  if (requests.e2ee !== undefined) {
    const { counts, unusedFallback } = await oneTimeKeyCounts(db, viewer);
    const since = connection.position;
    const lists = since === undefined ? undefined : await deviceListChanges(db, viewer.userId, { since, upto });
    extensions.e2ee = {
      device_one_time_keys_count: counts,
      device_unused_fallback_key_types: unusedFallback,
      ...(lists !== undefined && { device_lists: lists }),
    };
    hasNews ||= lists !== undefined && lists.changed.length + lists.left.length > 0;
  }
  const note = (kind: keyof KnownExtras) => (roomId: string) =>
    extras.set(roomId, { ...connection.extras(roomId), ...extras.get(roomId), [kind]: upto });
  if (requests.accountData !== undefined) {
    const data = await readAccountData(context, requests.accountData, note('accountData'));
    extensions.account_data = data;
    hasNews ||= data.global.length > 0 || Object.keys(data.rooms).length > 0;
  }
  if (requests.receipts !== undefined) {
    const rooms = await readReceipts(context, requests.receipts, note('receipts'));
    extensions.receipts = { rooms };
    hasNews ||= Object.keys(rooms).length > 0;
  }
  if (requests.typing !== undefined) {
    const rooms = readTyping(context, requests.typing, note('typing'));
    extensions.typing = { rooms };
    hasNews ||= Object.keys(rooms).length > 0;
  }
  if (requests.threadSubscriptions !== undefined) {
    const { name, limit } = requests.threadSubscriptions;
    const range = { since: connection.position ?? 0, upto, limit };
    const { changes, next } = await createListThreadChanges(db)(viewer.userId, range);
    if (Object.keys(changes).length > 0) {
      extensions[name] = { ...changes, ...(next !== undefined && { prev_batch: makeToken(next) }) };
      hasNews = true;
    }
  }
  return { extensions, hasNews, extras };
}

/** The rooms that an extension is about: those of the lists and subscriptions that it names, or of all. */
function roomsOf({ lists, subscriptions }: ExtensionContext, scope: ExtensionScope): string[] {
  const names = scope.lists === undefined || scope.lists.includes('*') ? [...lists.keys()] : scope.lists;
  const isOpen = scope.rooms === undefined || scope.rooms.includes('*');
  const subscribed = subscriptions.filter((roomId) => isOpen || scope.rooms?.includes(roomId));
  return [...new Set([...names.flatMap((name) => lists.get(name) ?? []), ...subscribed])];
}

type Note = (roomId: string) => void;

async function readAccountData(context: ExtensionContext, scope: ExtensionScope, note: Note) {
  const { db, viewer, connection, upto } = context;
  const since = connection.position ?? 0;
  const isFirst = connection.position === undefined;
  const changes = await accountDataChanges(db, viewer.userId, { since, upto, isFirst, filters: takesEverything });
  const roomIds = roomsOf(context, scope);
  const isUpToDate = (roomId: string) => connection.extras(roomId).accountData === since && !isFirst;
  const behind = roomIds.filter((roomId) => !isUpToDate(roomId));
  const whole = await accountDataOf(db, viewer.userId, { roomIds: behind, filters: takesEverything });
  const rooms: Record<string, RawJson[]> = {};
  for (const roomId of roomIds) {
    const events = (isUpToDate(roomId) ? changes.byRoom : whole).get(roomId) ?? [];
    if (events.length > 0) rooms[roomId] = events;
    note(roomId);
  }
  return { global: changes.global, rooms };
}

/**
 * Receipts of rooms that the reader is in. Of a room that is new to the connection only those on the events that it is
 * told of, and the reader's own: a large room has as many receipts as members.
 */
async function readReceipts(context: ExtensionContext, scope: ExtensionScope, note: Note) {
  const { db, viewer, connection, upto, toldEvents } = context;
  const roomIds = roomsOf(context, scope).filter(context.isJoined);
  const since = connection.position;
  const sinceOf = (roomId: string) => connection.extras(roomId).receipts;
  const live = new Set(roomIds.filter((roomId) => since !== undefined && sinceOf(roomId) === since));
  const rows = since === undefined || live.size === 0 ? [] : await receiptsBetween(db, { since, upto });
  const found: ReceiptRow[] = rows.filter((row) => live.has(row.roomId));
  for (const roomId of roomIds.filter((id) => !live.has(id))) {
    const before = sinceOf(roomId);
    const ofRoom = await receiptsOfRoomSince(db, roomId, { since: before ?? 0, upto });
    const isTold = (row: ReceiptRow) => row.userId === viewer.userId || toldEvents.get(roomId)?.has(row.eventId);
    found.push(...(before === undefined ? ofRoom.filter(isTold) : ofRoom));
  }
  const isShown = (row: ReceiptRow) => isReceiptFor(row, (userId) => userId === viewer.userId);
  const rooms: Record<string, { type: 'm.receipt'; content: ReceiptContent }> = {};
  for (const [roomId, ofRoom] of Map.groupBy(found.filter(isShown), (row) => row.roomId)) {
    // One event a room: where somebody has two receipts on one event, that of the whole room says more.
    const [content] = receiptContents(ofRoom.toSorted((a, b) => a.threadId.length - b.threadId.length));
    if (content !== undefined) rooms[roomId] = { type: 'm.receipt', content };
  }
  for (const roomId of roomIds) note(roomId);
  return rooms;
}

function readTyping(context: ExtensionContext, scope: ExtensionScope, note: Note) {
  const { typing, connection, upto } = context;
  const rooms: Record<string, RawJson> = {};
  for (const roomId of roomsOf(context, scope).filter(context.isJoined)) {
    const since = connection.extras(roomId).typing;
    const userIds = typing.changed([roomId], { since: since ?? 0, upto }).get(roomId);
    // That nobody types is news only to one who was told otherwise.
    if (userIds !== undefined && (userIds.length > 0 || since !== undefined))
      rooms[roomId] = new RawJson(JSON.stringify({ type: 'm.typing', content: { user_ids: userIds } }));
    note(roomId);
  }
  return rooms;
}
