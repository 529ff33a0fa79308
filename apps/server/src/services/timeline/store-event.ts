import { canonicalJson, type JsonObject, type Membership } from '@sotto/protocol';
import type { Unit } from '../../log/writer.ts';
import { insertEvent } from '../../store/events.ts';
import { putMembership } from '../../store/memberships.ts';
import { putState, stateValueOf } from '../../store/room-state.ts';
import { addToMemberCounts, insertRoom } from '../../store/rooms.ts';
import type { RoomMemory, StateEntry } from '../room-memory.ts';
import type { HashedEvent } from '../room-rules/event-hash.ts';
import type { RoomVersion } from '../room-rules/room-versions.ts';
import type { EventDraft } from './event-draft.ts';
import { relationOf } from './relation-of.ts';

/** An event with all that it takes to write it. */
export interface EventToStore {
  event: HashedEvent & { position: number };
  draft: EventDraft;
  version: RoomVersion;
  memory: RoomMemory;
  previous: StateEntry | undefined;
  /** The latest time that an event of the room has said so far. */
  latestTs: number;
}

/**
 * Writes an event that has its place: the event itself, the room's state and memberships if it sets any, what the
 * memory knows of the room, and whom to wake.
 */
export async function storeEvent(
  unit: Unit,
  { event, draft, version, memory, previous, latestTs }: EventToStore,
): Promise<void> {
  const { eventId, roomId, pdu, position } = event;
  if (draft.newRoom !== undefined) {
    await insertRoom(unit, { roomId, version: version.id, creator: draft.sender, createdPosition: position });
    memory.setVersion(unit, roomId, version);
  }
  const { auth_events, prev_events, hashes } = pdu;
  const relation = relationOf(draft.content);
  const json = clientJson(event);
  await insertEvent(unit, {
    position,
    roomId,
    eventId,
    type: draft.type,
    stateKey: draft.stateKey ?? null,
    sender: draft.sender,
    originServerTs: pdu.origin_server_ts,
    depth: pdu.depth,
    json,
    pdu: JSON.stringify({ auth_events, prev_events, hashes }),
    unsigned: previous === undefined ? null : JSON.stringify(unsignedOf(previous)),
    deviceId: draft.deviceId ?? null,
    transactionId: draft.transactionId ?? draft.delayId ?? null,
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
  const entry = { event_id: eventId, type, state_key: stateKey, sender, content, position };
  memory.setState(unit, roomId, { ...entry, jsonLength: json.length });
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
function clientJson({ eventId, pdu, contentText }: HashedEvent): string {
  const { type, state_key, sender, origin_server_ts } = pdu;
  const redacts = pdu.redacts ?? (type === 'm.room.redaction' ? pdu.content.redacts : undefined);
  const content = redacts === undefined ? contentText : canonicalJson({ ...pdu.content, redacts });
  const head = JSON.stringify({ type, event_id: eventId, sender, origin_server_ts, state_key, redacts });
  return `${head.slice(0, -1)},"content":${content}}`;
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
