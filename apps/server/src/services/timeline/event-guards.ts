import type { Unit } from '../../log/writer.ts';
import type { StateEntry } from '../room-memory.ts';
import type { RoomVersion } from '../room-rules/room-versions.ts';
import type { AppendedEvent, EventDraft } from './event-draft.ts';

/**
 * Told of each event inside its unit of work, for what must be written with it (relations, push, policies). Undefined
 * when the event is none of its business.
 */
export type EventListener = (
  unit: Unit,
  event: AppendedEvent & { draft: EventDraft; previous?: StateEntry },
) => Promise<void> | undefined;

/**
 * Asked before an event is authorised, for what the rules of the room version don't know. Throws what it does not let
 * in; undefined when the event is none of its business.
 */
export type EventGuard = (unit: Unit, draft: EventDraft, version: RoomVersion) => Promise<void> | undefined;

/** A guard of the state under these types and the empty key: all else passes it by. */
export function guardOfState(types: readonly string[], guard: EventGuard): EventGuard {
  return (unit, draft, version) =>
    draft.stateKey === '' && types.includes(draft.type) ? guard(unit, draft, version) : undefined;
}

/** A listener for state of these types, whatever its key: all else passes it by. */
export function listenForState(types: readonly string[], listen: EventListener): EventListener {
  return (unit, event) =>
    event.draft.stateKey !== undefined && types.includes(event.draft.type) ? listen(unit, event) : undefined;
}
