import type { Membership } from '@sotto/protocol';
import type { EventRow } from '../../store/events.ts';

/**
 * People who wanted what they wrote to be forgotten (specification, "Account deactivation", `erase`). All of them, in memory:
 * they are asked for at every event that is shown.
 */
export type ErasedPeople = ReadonlySet<string>;

/** Whether a reader is shown an event without its words. Undefined when nobody has to be asked about. */
export type HidesWords = ((row: Pick<EventRow, 'sender' | 'stateKey' | 'position'>) => boolean) | undefined;

/**
 * Who was in the room when somebody erased wrote there has read it, and goes on reading it; nobody else does. State stays:
 * it is what the room is.
 */
export function hidesWords(erased: ErasedPeople, membershipAt: (position: number) => Membership): HidesWords {
  if (erased.size === 0) return undefined;
  return ({ sender, stateKey, position }) =>
    stateKey === null && erased.has(sender) && membershipAt(position) !== 'join';
}

/** The text of an event that is no state with nothing in it, as a redaction leaves it in every version of rooms. */
export function withoutWords(json: string): string {
  const { type, sender, event_id, origin_server_ts } = JSON.parse(json) as Record<string, unknown>;
  return JSON.stringify({ type, sender, content: {}, event_id, origin_server_ts });
}
