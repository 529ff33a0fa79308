import { EventType, serverNameOf } from '@sotto/protocol';
import type { PowerLevels } from './power-levels.ts';
import { refuse } from './rule-input.ts';

/** Redacting one of these would change what the room is; the server takes no such redaction from its people. */
const unredactable: ReadonlySet<string> = new Set([EventType.create, EventType.encryption, EventType.serverAcl]);

/** A redaction and what it strikes out, both in the same room. */
export type RedactionAttempt = {
  readonly sender: string;
  readonly target: { readonly type: string; readonly sender: string; readonly state_key?: string | undefined };
  readonly levels: PowerLevels;
};

/**
 * Whether a person of this server may redact an event: their own, or any with the *redact* level
 * (client-server API, "Redactions"). That they may send `m.room.redaction` at all is `authorise`'s.
 */
export function mayRedact({ sender, target, levels }: RedactionAttempt): boolean {
  return sender === target.sender || levels.of(sender) >= levels.to('redact');
}

/**
 * Refuses a redaction that a person of this server may not make.
 * @throws MatrixError M_FORBIDDEN
 */
export function authoriseRedaction(attempt: RedactionAttempt): void {
  const { type, state_key: stateKey } = attempt.target;
  if (stateKey !== undefined && unredactable.has(type)) throw refuse('This event can not be removed from the room.');
  if (!mayRedact(attempt)) throw refuse("You can't remove what others sent here.");
}

/**
 * Whether a redaction that came from anywhere is applied (room versions 3 and later, "Handling redactions"):
 * wider than `mayRedact`, because a server answers for all of its own people.
 */
export function appliesRedaction({ sender, target, levels }: RedactionAttempt): boolean {
  return levels.of(sender) >= levels.to('redact') || serverNameOf(sender) === serverNameOf(target.sender);
}
