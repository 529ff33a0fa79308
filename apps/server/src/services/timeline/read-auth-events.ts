import type { Unit } from '../../log/writer.ts';
import type { RoomMemory, StateEntry } from '../room-memory.ts';
import type { RoomVersion } from '../room-rules/room-versions.ts';
import { selectAuthEvents } from '../room-rules/select-auth-events.ts';
import type { EventDraft } from './event-draft.ts';

/** The state that gives leave to send an event. */
export interface AuthEvents {
  /** What the event names as `auth_events`. */
  ids: string[];
  /** What the rules may look at: those events, and the create event, which version 12 doesn't name. */
  state(type: string, stateKey: string): StateEntry | undefined;
}

/** Reads the state that the rules for this event look at (server-server API, "Auth events selection"). */
export async function readAuthEvents(
  unit: Unit,
  { memory, version, draft }: { memory: RoomMemory; version: RoomVersion; draft: EventDraft },
): Promise<AuthEvents> {
  const { roomId, type, sender, stateKey, content } = draft;
  if (draft.newRoom !== undefined || roomId === undefined) return { ids: [], state: () => undefined };
  const found: StateEntry[] = [];
  const ids: string[] = [];
  for (const place of selectAuthEvents(version, { type, sender, state_key: stateKey, content })) {
    const entry = await memory.state(unit, roomId, place);
    // A place may be asked for twice (an invitation of oneself), an event is named once.
    if (entry === undefined || ids.includes(entry.event_id)) continue;
    found.push(entry);
    ids.push(entry.event_id);
  }
  const create = await memory.state(unit, roomId, { type: 'm.room.create', stateKey: '' });
  if (create !== undefined) found.push(create);
  return {
    ids,
    state: (wanted, key) => found.find((entry) => entry.type === wanted && entry.state_key === key),
  };
}
