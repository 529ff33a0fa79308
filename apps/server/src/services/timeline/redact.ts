import { type JsonObject, MatrixError } from '@sotto/protocol';
import type { Unit } from '../../log/writer.ts';
import { type EventRow, getEvent, markRedacted, setUnsigned } from '../../store/events.ts';
import { getSuccessor } from '../../store/room-state.ts';
import { suspendedAccount } from '../accounts/account-state.ts';
import { currentLevels } from '../current-levels.ts';
import type { RoomMemory } from '../room-memory.ts';
import { authoriseRedaction } from '../room-rules/may-redact.ts';
import { redactEvent } from '../room-rules/redact-event.ts';
import type { AppendEvent } from './append-event.ts';
import type { AppendedEvent, EventDraft } from './event-draft.ts';

/**
 * Puts a redaction into the room and strikes out what it names (specification, "Redactions").
 * @throws MatrixError M_FORBIDDEN, M_NOT_FOUND when there is no such event, M_INVALID_PARAM when it is of another room
 */
export type Redact = (unit: Unit, redaction: RedactionDraft) => Promise<AppendedEvent>;

export interface RedactionDraft
  extends Pick<EventDraft, 'sender' | 'deviceId' | 'transactionId' | 'delayId' | 'originServerTs'> {
  roomId: string;
  /** The event that is struck out. */
  redacts: string;
  content: JsonObject;
  /** Who is suspended may strike out what is theirs, and nothing else (specification, "Account suspension"). */
  isSuspended?: boolean | undefined;
}

export function createRedact(parts: { memory: RoomMemory; append: AppendEvent }): Redact {
  const { memory, append } = parts;

  /** Strangers learn nothing of what the room has; members may strike out what is theirs, or what their level allows. */
  async function check(unit: Unit, { roomId, sender, redacts, isSuspended }: RedactionDraft) {
    const own = await memory.state(unit, roomId, { type: 'm.room.member', stateKey: sender });
    if (own?.content.membership !== 'join') throw new MatrixError('M_FORBIDDEN', 'You are not in this room.');
    const target = await getEvent(unit, redacts);
    if (target === undefined) throw new MatrixError('M_NOT_FOUND', 'The room has no such event.');
    if (target.roomId !== roomId)
      throw new MatrixError('M_INVALID_PARAM', 'This event is of another room than the one it is to be struck from.');
    if (isSuspended === true && target.sender !== sender) throw suspendedAccount();
    const levels = await currentLevels(unit, memory, roomId);
    if (levels === undefined) throw new MatrixError('M_NOT_FOUND', 'There is no such room here.');
    authoriseRedaction({
      sender,
      target: { type: target.type, sender: target.sender, state_key: target.stateKey ?? undefined },
      levels,
    });
    return target;
  }

  /** A struck-out state event stays in force with what is left of it, and is told so by what replaced it. */
  async function strikeState(
    unit: Unit,
    target: EventRow,
    { type, stateKey, content }: { type: string; stateKey: string; content: unknown },
  ) {
    const { roomId } = target;
    memory.dropState(roomId, { type, stateKey });
    unit.onUndo(() => memory.dropState(roomId, { type, stateKey }));
    const successor = await getSuccessor(unit, { roomId, type, stateKey, position: target.position });
    if (successor?.unsigned == null || successor.redactedBy !== null) return;
    const unsigned = { ...JSON.parse(successor.unsigned), prev_content: content };
    await setUnsigned(unit, successor.eventId, JSON.stringify(unsigned));
  }

  /** What was struck out shows why: without the reason, when the redaction itself is struck out. */
  async function strikeReason(unit: Unit, target: EventRow, redactedText: string): Promise<void> {
    const struck = await getEvent(unit, String(JSON.parse(target.json).redacts));
    if (struck?.redactedBy === target.eventId)
      await setUnsigned(unit, struck.eventId, redactedUnsigned(target.eventId, redactedText));
  }

  return async (unit, redaction) => {
    const { redacts, content, isSuspended: _suspended, ...draft } = redaction;
    const version = await memory.version(unit, draft.roomId);
    if (version === undefined) throw new MatrixError('M_FORBIDDEN', 'You are not in this room.');
    const target = await check(unit, redaction);
    const place = version.redactsInContent ? { content: { ...content, redacts } } : { content, redacts };
    const appended = await append(unit, { ...draft, ...place, type: 'm.room.redaction' });
    // What is struck out already keeps its first reason.
    if (target.redactedBy !== null) return appended;
    const redacted = redactEvent(version, JSON.parse(target.json));
    const json = JSON.stringify(redacted);
    const because = (await getEvent(unit, appended.eventId))?.json ?? '{}';
    const unsigned = redactedUnsigned(appended.eventId, because);
    const { position } = target;
    await markRedacted(unit, { position, eventId: redacts, json, unsigned, redactedBy: appended.eventId });
    const { type, stateKey } = target;
    if (stateKey !== null) await strikeState(unit, target, { type, stateKey, content: redacted.content });
    if (type === 'm.room.redaction') await strikeReason(unit, target, json);
    return appended;
  };
}

/** `redacted_because` comes last: client-event.ts adds the room id to it where others have theirs. */
function redactedUnsigned(redactionId: string, because: string): string {
  return `{"redacted_by":${JSON.stringify(redactionId)},"redacted_because":${because}}`;
}
