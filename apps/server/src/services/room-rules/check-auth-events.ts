import { EventType } from '@sotto/protocol';
import type { EventToAuthorise } from './room-state.ts';
import type { RoomVersion } from './room-versions.ts';
import { refuse } from './rule-input.ts';
import { selectAuthEvents } from './select-auth-events.ts';

/** An event that another names in its `auth_events`. */
export type NamedAuthEvent = {
  readonly type: string;
  readonly state_key?: string | undefined;
  readonly room_id?: string | undefined;
  readonly wasRejected: boolean;
};

/**
 * The rules about what an event names in `auth_events` (rule 3 of version 12, 2 of older ones). For events
 * that another server made; those made here are right by `selectAuthEvents`.
 *
 * @throws MatrixError M_FORBIDDEN
 */
export function checkAuthEvents(
  version: RoomVersion,
  event: EventToAuthorise,
  authEvents: readonly NamedAuthEvent[],
): void {
  const expected = new Set(selectAuthEvents(version, event).map(({ type, stateKey }) => placeOf(type, stateKey)));
  const seen = new Set<string>();
  for (const named of authEvents) {
    const place = placeOf(named.type, named.state_key);
    if (seen.has(place)) throw refuse('The event names two authorising events for one place in the state.');
    if (!expected.has(place)) throw refuse(`The event names ${named.type}, which does not authorise it.`);
    if (named.wasRejected) throw refuse('The event names an authorising event that was refused.');
    if (named.room_id !== event.room_id) throw refuse('The event names an authorising event of another room.');
    seen.add(place);
  }
  const needsCreate = event.type !== EventType.create && !version.roomIdIsCreateHash;
  if (needsCreate && !seen.has(placeOf(EventType.create, '')))
    throw refuse('The event does not name the create event.');
}

function placeOf(type: string, stateKey: string | undefined): string {
  return JSON.stringify([type, stateKey]);
}
