import { type JsonObject, MatrixError, type Membership, type Pdu } from '@sotto/protocol';
import { checkEventContent } from '@sotto/protocol/check.ts';
import type { Unit } from '../../log/writer.ts';
import { insertEvent } from '../../store/events.ts';
import { putMembership } from '../../store/memberships.ts';
import { putState, stateValueOf } from '../../store/room-state.ts';
import { addToMemberCounts, getRoom, insertRoom } from '../../store/rooms.ts';
import { authorise } from '../rooms/authorise.ts';
import { sealEvent } from '../rooms/event-hash.ts';
import type { RoomMemory, StateEntry } from '../rooms/room-memory.ts';
import type { RoomVersion } from '../rooms/room-versions.ts';
import { selectAuthEvents } from '../rooms/select-auth-events.ts';
import { relationOf } from './relation-of.ts';

/** An event before it has a place in the log. */
export interface EventDraft {
  /** Left out for the create event, which makes the room id in version 12; `newRoom` then says the rest. */
  roomId?: string;
  newRoom?: { version: RoomVersion };
  type: string;
  stateKey?: string;
  sender: string;
  content: JsonObject;
  /** Event id, on `m.room.redaction` only. */
  redacts?: string;
  /** When it is to have been sent, for application services and bridges; now, unless given. */
  originServerTs?: number;
  /** Which device sent it, with which transaction id: told to that device alone. */
  deviceId?: string;
  transactionId?: string;
}

export interface AppendedEvent {
  eventId: string;
  roomId: string;
  position: number;
}

/** Puts an event at the end of its room. */
export type AppendEvent = (unit: Unit, draft: EventDraft) => Promise<AppendedEvent>;

/** Told of each event inside its unit of work, for what must be written with it (relations, push, policies). */
export type EventListener = (
  unit: Unit,
  event: AppendedEvent & { draft: EventDraft; previous?: StateEntry },
) => Promise<void>;

/** Asked before an event is authorised, for what the rules of the room version don't know. Throws what it does not let in. */
export type EventGuard = (unit: Unit, draft: EventDraft, version: RoomVersion) => Promise<void>;

/**
 * The way of every event into the log: read the state that it meets, let the rules decide, give it hashes, id and
 * position, write it, and remember whom to wake. All inside one unit of work, so that no check can be overtaken.
 * @throws MatrixError M_FORBIDDEN from the rules, M_BAD_JSON, M_TOO_LARGE; M_NOT_FOUND when there is no such room
 */
export function createAppendEvent(parts: {
  memory: RoomMemory;
  now: () => number;
  guards?: readonly EventGuard[];
  listeners?: readonly EventListener[];
}): AppendEvent {
  const { memory, now, guards = [], listeners = [] } = parts;
  return async (unit, draft) => {
    if (draft.stateKey !== undefined) checkEventContent(draft.type, draft.content);
    const version = draft.newRoom?.version ?? (await memory.version(unit, draft.roomId ?? ''));
    if (version === undefined) throw new MatrixError('M_NOT_FOUND', 'There is no such room here.');
    for (const guard of guards) await guard(unit, draft, version);
    const state = await loadAuthState(unit, { memory, version, draft });
    const head = draft.newRoom === undefined ? await memory.head(unit, draft.roomId ?? '') : undefined;
    const prevEvents = head === undefined ? [] : [head.eventId];
    authorise({
      version,
      event: toAuthorise(draft, prevEvents),
      authState: (type, key) => state.get(`${type}\0${key}`),
    });
    const seal = (originServerTs: number) =>
      sealEvent(version, {
        ...(draft.roomId === undefined ? {} : { room_id: draft.roomId }),
        type: draft.type,
        ...(draft.stateKey === undefined ? {} : { state_key: draft.stateKey }),
        ...(draft.redacts === undefined ? {} : { redacts: draft.redacts }),
        sender: draft.sender,
        content: draft.content,
        origin_server_ts: originServerTs,
        depth: (head?.depth ?? 0) + 1,
        prev_events: prevEvents,
        auth_events: authEventIds(version, draft, state),
      });
    let sealed = seal(draft.originServerTs ?? now());
    // From version 12 on a room's id is the hash of its first event: two alike in one millisecond would be one room.
    while (draft.newRoom !== undefined && (await getRoom(unit, sealed.roomId)) !== undefined)
      sealed = seal(sealed.pdu.origin_server_ts + 1);
    const event = { ...sealed, position: unit.nextPosition() };
    const previous =
      draft.stateKey === undefined || draft.newRoom !== undefined
        ? undefined
        : await memory.state(unit, event.roomId, { type: draft.type, stateKey: draft.stateKey });
    await store(unit, { event, draft, version, memory, previous, latestTs: head?.latestTs ?? 0 });
    const { eventId, roomId, position } = event;
    for (const listen of listeners)
      await listen(unit, { eventId, roomId, position, draft, ...(previous && { previous }) });
    return { eventId, roomId, position };
  };
}

function toAuthorise(draft: EventDraft, prevEvents: readonly string[]) {
  return {
    type: draft.type,
    sender: draft.sender,
    content: draft.content,
    state_key: draft.stateKey,
    room_id: draft.roomId,
    redacts: draft.redacts,
    prev_events: prevEvents,
  };
}

type AuthState = Map<string, StateEntry>;

async function loadAuthState(
  unit: Unit,
  { memory, version, draft }: { memory: RoomMemory; version: RoomVersion; draft: EventDraft },
): Promise<AuthState> {
  const state: AuthState = new Map();
  if (draft.newRoom !== undefined) return state;
  const event = { type: draft.type, sender: draft.sender, state_key: draft.stateKey, content: draft.content };
  const places = [{ type: 'm.room.create', stateKey: '' }, ...selectAuthEvents(version, event)];
  for (const place of places) {
    const entry = await memory.state(unit, draft.roomId ?? '', place);
    if (entry !== undefined) state.set(`${place.type}\0${place.stateKey}`, entry);
  }
  return state;
}

function authEventIds(version: RoomVersion, draft: EventDraft, state: AuthState): string[] {
  const event = { type: draft.type, sender: draft.sender, state_key: draft.stateKey, content: draft.content };
  const ids = selectAuthEvents(version, event).map(({ type, stateKey }) => state.get(`${type}\0${stateKey}`)?.event_id);
  return [...new Set(ids.filter((id) => id !== undefined))];
}

interface Stored {
  event: { eventId: string; roomId: string; pdu: Pdu; position: number };
  draft: EventDraft;
  version: RoomVersion;
  memory: RoomMemory;
  previous: StateEntry | undefined;
  /** The latest time that an event of the room has said so far. */
  latestTs: number;
}

async function store(unit: Unit, { event, draft, version, memory, previous, latestTs }: Stored): Promise<void> {
  const { eventId, roomId, pdu, position } = event;
  if (draft.newRoom !== undefined) {
    await insertRoom(unit, { roomId, version: version.id, creator: draft.sender, createdPosition: position });
    memory.setVersion(unit, roomId, version);
  }
  const { auth_events, prev_events, hashes } = pdu;
  const relation = relationOf(draft.content);
  await insertEvent(unit, {
    position,
    roomId,
    eventId,
    type: draft.type,
    stateKey: draft.stateKey ?? null,
    sender: draft.sender,
    originServerTs: pdu.origin_server_ts,
    depth: pdu.depth,
    json: clientJson(eventId, pdu),
    pdu: JSON.stringify({ auth_events, prev_events, hashes }),
    unsigned: previous === undefined ? null : JSON.stringify(unsignedOf(previous)),
    deviceId: draft.deviceId ?? null,
    transactionId: draft.transactionId ?? null,
    relType: relation?.relType ?? null,
    relatesTo: relation?.eventId ?? null,
    redactedBy: null,
    isLate: pdu.origin_server_ts < latestTs,
  });
  memory.setHead(unit, roomId, { eventId, depth: pdu.depth, latestTs: Math.max(latestTs, pdu.origin_server_ts) });
  unit.tell({ roomId });
  if (draft.stateKey === undefined) return;
  const { type, stateKey, sender, content } = draft;
  await putState(unit, { roomId, type, stateKey, position, value: stateValueOf(type, content) });
  memory.setState(unit, roomId, { event_id: eventId, type, state_key: stateKey, sender, content, position });
  if (type === 'm.room.member') {
    await storeMembership(unit, {
      roomId,
      userId: stateKey,
      membership: content.membership as Membership,
      position,
      previous,
    });
  }
}

/** The text that clients get: of a redaction with `redacts` in both places where clients of any age look for it. */
function clientJson(eventId: string, pdu: Pdu): string {
  const { type, state_key, sender, origin_server_ts } = pdu;
  const redacts = pdu.redacts ?? (type === 'm.room.redaction' ? pdu.content.redacts : undefined);
  const content = redacts === undefined ? pdu.content : { ...pdu.content, redacts };
  return JSON.stringify({ type, event_id: eventId, sender, origin_server_ts, state_key, redacts, content });
}

function unsignedOf(previous: StateEntry): JsonObject {
  return { replaces_state: previous.event_id, prev_content: previous.content, prev_sender: previous.sender };
}

async function storeMembership(
  unit: Unit,
  change: {
    roomId: string;
    userId: string;
    membership: Membership;
    position: number;
    previous: StateEntry | undefined;
  },
): Promise<void> {
  const { roomId, userId, membership, position, previous } = change;
  await putMembership(unit, { userId, roomId, membership, position });
  const before = previous?.content.membership;
  const counted = (kind: Membership) => Number(membership === kind) - Number(before === kind);
  const joined = counted('join');
  const invited = counted('invite');
  if (joined !== 0 || invited !== 0) await addToMemberCounts(unit, roomId, { joined, invited });
  unit.tell({ userId });
}
