import type { Queryable } from '@sotto/sql';
import { type AddressedMessage, listToDeviceOfAll, type PendingTransaction } from '../../store/appservices.ts';
import { type EventRow, eventsOfAllRooms } from '../../store/events.ts';
import { isReceiptFor, receiptsBetween } from '../../store/receipts.ts';
import { getUser } from '../../store/users.ts';
import type { Presence } from '../presence/index.ts';
import { presenceEvent } from '../sync/streams/presence.ts';
import { receiptContents } from '../sync/streams/receipts.ts';
import { strippedState } from '../sync/streams/state.ts';
import { eventText } from '../timeline/client-event.ts';
import type { Typing } from '../typing/index.ts';
import { type DeviceChanges, readDeviceChanges } from './device-changes.ts';
import type { Interest } from './interest.ts';
import type { NameQueries } from './query-names.ts';
import type { Appservice } from './registry.ts';

/** The next transaction of a stretch of the log; none where nothing in it is the application service's affair. */
export interface BuiltTransaction {
  /** How far the stretch was looked at. */
  reached: number;
  transaction: Omit<PendingTransaction, 'transactionId'> | undefined;
}

export type BuildTransaction = (range: { since: number; upto: number }) => Promise<BuiltTransaction>;

export interface BuildTransactionParts {
  db: Queryable;
  appservice: Appservice;
  interest: Interest;
  typing: Typing;
  presence: Presence;
  queries: NameQueries;
}

/** The most of a kind in one transaction, and the most that is looked at for one. */
const mostEvents = 100;
const mostMessages = 100;
const mostExamined = 300;

export function createBuildTransaction(parts: BuildTransactionParts): BuildTransaction {
  const { db, appservice, interest, typing, presence, queries } = parts;
  const { receivesEphemeral, receivesDeviceChanges } = appservice.registration;

  async function readEvents(range: { since: number; upto: number }): Promise<{ rows: EventRow[]; reached: number }> {
    const examined = await eventsOfAllRooms(db, { after: range.since, upto: range.upto, limit: mostExamined });
    const rows: EventRow[] = [];
    for (const row of examined) {
      if (!(await interest.inEvent(row))) continue;
      rows.push(row);
      if (rows.length === mostEvents) return { rows, reached: row.position };
    }
    const isWhole = examined.length < mostExamined;
    return { rows, reached: isWhole ? range.upto : (examined.at(-1)?.position ?? range.upto) };
  }

  async function readMessages(range: {
    since: number;
    upto: number;
  }): Promise<{ messages: AddressedMessage[]; reached: number }> {
    if (!receivesEphemeral) return { messages: [], reached: range.upto };
    const examined = await listToDeviceOfAll(db, { ...range, limit: mostExamined });
    const messages = examined.filter(({ userId }) => appservice.ownsUser(userId)).slice(0, mostMessages);
    if (messages.length === mostMessages) return { messages, reached: messages.at(-1)?.position ?? range.upto };
    const isWhole = examined.length < mostExamined;
    return { messages, reached: isWhole ? range.upto : (examined.at(-1)?.position ?? range.upto) };
  }

  /** An event as clients get it; an invitation with what the invited one is shown of the room. */
  async function textOf(row: EventRow): Promise<string> {
    const { roomId, position, stateKey } = row;
    const isMember = row.type === 'm.room.member' && stateKey !== null && appservice.ownsUser(stateKey);
    if (isMember && (await getUser(db, stateKey)) === undefined) await queries.user(appservice, stateKey);
    const isInvite = isMember && JSON.parse(row.json).content.membership === 'invite';
    if (!isInvite) return eventText(row, { withRoomId: true }).text;
    const state = await strippedState(db, { roomId, userId: stateKey, position });
    const shown = `"invite_room_state":[${state.map(({ text }) => text).join(',')}]`;
    const unsigned = row.unsigned === null ? `{${shown}}` : `${row.unsigned.slice(0, -1)},${shown}}`;
    return eventText({ ...row, unsigned }, { withRoomId: true }).text;
  }

  async function ephemeralEvents(range: { since: number; upto: number }): Promise<object[]> {
    const receipts = (await receiptsBetween(db, range)).filter((row) => isReceiptFor(row, appservice.ownsUser));
    const events: object[] = [];
    for (const [roomId, rows] of Map.groupBy(receipts, (row) => row.roomId)) {
      if (!(await interest.inRoom(roomId, range.upto))) continue;
      for (const content of receiptContents(rows)) events.push({ type: 'm.receipt', room_id: roomId, content });
    }
    for (const [roomId, userIds] of typing.changed(typing.rooms(), range)) {
      if (!(await interest.inRoom(roomId, range.upto))) continue;
      events.push({ type: 'm.typing', room_id: roomId, content: { user_ids: userIds } });
    }
    for (const userId of presence.changed('', range)) {
      if (await interest.inPerson(userId, range.upto))
        events.push(JSON.parse((await presenceEvent(db, presence, userId)).text));
    }
    return events;
  }

  return async (whole) => {
    const page = await readMessages(whole);
    const { rows, reached } = await readEvents({ ...whole, upto: page.reached });
    const range = { since: whole.since, upto: reached };
    const messages = page.messages.filter(({ position }) => position <= reached);
    const ephemeral = receivesEphemeral ? await ephemeralEvents(range) : [];
    const changes = receivesDeviceChanges
      ? await readDeviceChanges(db, { appservice, interest, range, rows, messages })
      : undefined;
    if (rows.length + messages.length + ephemeral.length === 0 && !changes?.hasNews)
      return { reached, transaction: undefined };
    const events: string[] = [];
    for (const row of rows) events.push(await textOf(row));
    const body = bodyOf({ events, messages, ephemeral, changes });
    return { reached, transaction: { body, toDevice: messages.map(({ position }) => position) } };
  };
}

/** What is not in the specification yet goes by the names of its proposals too (MSC2409, MSC4203). */
function bodyOf(contents: {
  events: readonly string[];
  messages: readonly AddressedMessage[];
  ephemeral: readonly object[];
  changes: DeviceChanges | undefined;
}): string {
  const { events, messages, ephemeral, changes } = contents;
  const parts = [`"events":[${events.join(',')}]`];
  const add = (name: string, value: unknown) => parts.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
  if (ephemeral.length > 0) {
    add('ephemeral', ephemeral);
    add('de.sorunome.msc2409.ephemeral', ephemeral);
  }
  if (messages.length > 0) {
    const addressed = messages.map(({ userId, deviceId, json }) => ({
      ...JSON.parse(json),
      to_user_id: userId,
      to_device_id: deviceId,
    }));
    add('to_device', addressed);
    add('de.sorunome.msc2409.to_device', addressed);
  }
  for (const [name, value] of Object.entries(changes?.sections ?? {})) add(name, value);
  return `{${parts.join(',')}}`;
}
