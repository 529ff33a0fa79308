import { type Membership, pickFields } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { type EventRow, listPdus } from '../../store/events.ts';
import { RawJson } from '../raw-json.ts';
import { type HidesWords, withoutWords } from './erased-people.ts';

/** How events are shown to whom. */
export interface EventView {
  /** Answers of sync leave the room id out; all others have it. */
  withRoomId: boolean;
  /** Who reads: they are told the delay ids of what they sent, and their device alone the transaction ids. */
  viewer?: { userId: string; deviceId: string };
  /** The wall clock, for `unsigned.age`: clients with a wrong clock tell by it which calls still ring. */
  nowMs?: number;
  /** Where the reader stood at an event (MSC4115). */
  membershipAt?: (position: number) => Membership;
  /** Whose words are not shown to this reader. */
  hides?: HidesWords;
  /** `unsigned.m.relations` by event id, as JSON text (bundle-relations.ts). */
  relations?: ReadonlyMap<string, string>;
  /** `federation` shows the format that servers exchange, where a filter asks for it. */
  format?: 'client' | 'federation' | undefined;
  /** A filter's `event_fields`. */
  fields?: readonly string[] | undefined;
}

/** The texts of events as a client gets them. Only the rare formats cost a query or a look inside. */
export async function eventTexts(db: Queryable, rows: readonly EventRow[], view: EventView): Promise<RawJson[]> {
  if (view.format !== 'federation' && view.fields === undefined) return rows.map((row) => eventText(row, view));
  const pdus =
    view.format === 'federation'
      ? await listPdus(
          db,
          rows.map((row) => row.position),
        )
      : undefined;
  return rows.map((row) => withFields(eventText(row, view, pdus?.get(row.position)), view.fields));
}

/**
 * The text of an event as a client gets it, put together from stored text without parsing it. With `pdu` (the stored
 * rest of the room version's own format) it is that format; signatures are made for other servers only.
 */
export function eventText(row: EventRow, view: EventView, pdu?: string): RawJson {
  const roomId = view.withRoomId || pdu !== undefined ? `,"room_id":${JSON.stringify(row.roomId)}` : '';
  const pduPart = pdu === undefined ? '' : `,"depth":${row.depth},${pdu.slice(1, -1)},"signatures":{}`;
  const json = view.hides?.(row) === true ? withoutWords(row.json) : row.json;
  return new RawJson(withUnsigned(`${json.slice(0, -1)}${roomId}${pduPart}`, unsignedText(row, view)));
}

/** The text of a state event as those get it who ask for the state of a room, of which no more is needed. */
export function stateText(row: Pick<EventRow, 'json' | 'unsigned' | 'redactedBy'>, roomId: string): RawJson {
  const room = `,"room_id":${JSON.stringify(roomId)}`;
  const unsigned = row.unsigned === null ? '' : sharedUnsigned(row, room);
  return new RawJson(withUnsigned(`${row.json.slice(0, -1)}${room}`, unsigned));
}

/** The members of `unsigned` that are the same for everyone. */
function sharedUnsigned(row: Pick<EventRow, 'unsigned' | 'redactedBy'>, room: string): string {
  const text = (row.unsigned ?? '{}').slice(1, -1);
  // A struck-out event ends with the redaction (redact.ts), which has its room id where others have theirs.
  return row.redactedBy === null ? text : `${text.slice(0, -1)}${room}}`;
}

/** What `unsigned` shows beside the members that are stored, which are the same for everyone. */
interface Beside {
  nowMs: number | undefined;
  transactionId?: string | null | undefined;
  delayId?: string | undefined;
  membership: Membership | undefined;
  relations?: string | undefined;
}

function unsignedText(row: EventRow, view: EventView): string {
  const { viewer, nowMs, membershipAt, relations, withRoomId } = view;
  const isStruckOut = row.redactedBy !== null && withRoomId;
  const shared = isStruckOut
    ? sharedUnsigned(row, `,"room_id":${JSON.stringify(row.roomId)}`)
    : (row.unsigned ?? '{}').slice(1, -1);
  const id = row.transactionId !== null && viewer?.userId === row.sender ? row.transactionId : undefined;
  return unsignedMembers(shared, row.originServerTs, {
    nowMs,
    transactionId: row.deviceId !== null && row.deviceId === viewer?.deviceId ? id : undefined,
    delayId: row.deviceId === null ? id : undefined,
    membership: membershipAt?.(row.position),
    relations: relations?.get(row.eventId),
  });
}

function unsignedMembers(shared: string, originServerTs: number, beside: Beside): string {
  const { nowMs, transactionId, delayId, membership, relations } = beside;
  let text = shared;
  if (nowMs !== undefined) text += `${comma(text)}"age":${Math.max(0, nowMs - originServerTs)}`;
  if (delayId !== undefined) text += `${comma(text)}"org.matrix.msc4140.delay_id":${JSON.stringify(delayId)}`;
  if (transactionId != null) text += `${comma(text)}"transaction_id":${JSON.stringify(transactionId)}`;
  if (membership !== undefined) text += `${comma(text)}"membership":"${membership}"`;
  if (relations !== undefined) text += `${comma(text)}"m.relations":${relations}`;
  return text;
}

const comma = (text: string) => (text === '' ? '' : ',');

const withUnsigned = (text: string, members: string) =>
  members === '' ? `${text}}` : `${text},"unsigned":{${members}}}`;

/** The same text for rows that have no more than this needs (sync/plain-room.ts): of thousands in a first answer. */
export function plainText(row: Pick<EventRow, 'json' | 'unsigned' | 'originServerTs'>, beside: Beside): string {
  const shared = row.unsigned === null ? '' : row.unsigned.slice(1, -1);
  return withUnsigned(row.json.slice(0, -1), unsignedMembers(shared, row.originServerTs, beside));
}

function withFields(event: RawJson, fields: readonly string[] | undefined): RawJson {
  return fields === undefined ? event : new RawJson(JSON.stringify(pickFields(JSON.parse(event.text), fields)));
}

/**
 * A state event without ids and times, for those who are not in the room.
 * @param isOwn it says where the reader stands: which event that is, and its time, are shown too. By them clients sort
 *   invitations, and find the one that a push is about.
 */
export function strippedText(row: EventRow, isOwn: boolean): RawJson {
  const event = JSON.parse(row.json) as Record<string, unknown>;
  const { type, state_key, sender, content, event_id, origin_server_ts } = event;
  // The first event shows its time as well: in version 12 it stands for the room, and clients check it (MSC4311).
  const rest = { ...(isOwn && { event_id }), ...((isOwn || type === 'm.room.create') && { origin_server_ts }) };
  return new RawJson(JSON.stringify({ type, state_key, sender, content, ...rest }));
}
