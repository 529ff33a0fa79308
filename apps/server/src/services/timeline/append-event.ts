import { MatrixError } from '@sotto/protocol';
import { checkEventContent } from '@sotto/protocol/check.ts';
import type { Unit } from '../../log/writer.ts';
import { getRoom } from '../../store/rooms.ts';
import type { RoomMemory } from '../room-memory.ts';
import { authorise } from '../room-rules/authorise.ts';
import { hashEvent } from '../room-rules/event-hash.ts';
import type { AppendedEvent, EventDraft } from './event-draft.ts';
import type { EventGuard, EventListener } from './event-guards.ts';
import { readAuthEvents } from './read-auth-events.ts';
import { storeEvent } from './store-event.ts';

/** Puts an event at the end of its room. */
export type AppendEvent = (unit: Unit, draft: EventDraft) => Promise<AppendedEvent>;

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
    // Most have nothing to say to a message: waiting for each of them would cost more than the rules.
    for (const guard of guards) {
      const asked = guard(unit, draft, version);
      if (asked !== undefined) await asked;
    }
    const authEvents = await readAuthEvents(unit, { memory, version, draft });
    const head = draft.newRoom === undefined ? await memory.head(unit, draft.roomId ?? '') : undefined;
    const prevEvents = head === undefined ? [] : [head.eventId];
    authorise({
      version,
      event: toAuthorise(draft, prevEvents),
      authState: authEvents.state,
    });
    const hashAt = (originServerTs: number) =>
      hashEvent(version, {
        ...(draft.roomId === undefined ? {} : { room_id: draft.roomId }),
        type: draft.type,
        ...(draft.stateKey === undefined ? {} : { state_key: draft.stateKey }),
        ...(draft.redacts === undefined ? {} : { redacts: draft.redacts }),
        sender: draft.sender,
        content: draft.content,
        origin_server_ts: originServerTs,
        depth: (head?.depth ?? 0) + 1,
        prev_events: prevEvents,
        auth_events: authEvents.ids,
      });
    let hashed = hashAt(draft.originServerTs ?? now());
    // From version 12 on a room's id is the hash of its first event: two alike in one millisecond would be one room.
    while (draft.newRoom !== undefined && (await getRoom(unit, hashed.roomId)) !== undefined)
      hashed = hashAt(hashed.pdu.origin_server_ts + 1);
    const event = { ...hashed, position: unit.nextPosition() };
    const previous =
      draft.stateKey === undefined || draft.newRoom !== undefined
        ? undefined
        : await memory.state(unit, event.roomId, { type: draft.type, stateKey: draft.stateKey });
    await storeEvent(unit, { event, draft, version, memory, previous, latestTs: head?.latestTs ?? 0 });
    const { eventId, roomId, position } = event;
    const appended = { eventId, roomId, position, draft, ...(previous && { previous }) };
    for (const listen of listeners) {
      const told = listen(unit, appended);
      if (told !== undefined) await told;
    }
    return appended;
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
