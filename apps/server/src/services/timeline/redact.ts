import { type JsonObject, MatrixError } from '@sotto/protocol';
import type { Unit } from '../../log/writer.ts';
import { type EventRow, getEvent, markRedacted } from '../../store/events.ts';
import { authoriseRedaction } from '../rooms/may-redact.ts';
import { readPowerLevels } from '../rooms/power-levels.ts';
import { redactEvent } from '../rooms/redact-event.ts';
import type { RoomMemory } from '../rooms/room-memory.ts';
import type { AppendEvent, AppendedEvent, EventDraft } from './append-event.ts';

/**
 * Puts a redaction into the room and strikes out what it names (specification, "Redactions").
 * @throws MatrixError M_NOT_FOUND when the room has no such event, M_FORBIDDEN
 */
export type Redact = (unit: Unit, redaction: RedactionDraft) => Promise<AppendedEvent>;

export interface RedactionDraft extends Pick<EventDraft, 'sender' | 'deviceId' | 'transactionId' | 'originServerTs'> {
  roomId: string;
  /** The event that is struck out. */
  redacts: string;
  content: JsonObject;
}

export function createRedact(parts: { memory: RoomMemory; append: AppendEvent }): Redact {
  const { memory, append } = parts;

  async function check(unit: Unit, sender: string, target: EventRow): Promise<void> {
    const { roomId } = target;
    const version = await memory.version(unit, roomId);
    if (version === undefined) throw new MatrixError('M_NOT_FOUND', 'There is no such room here.');
    const create = await memory.state(unit, roomId, { type: 'm.room.create', stateKey: '' });
    const power = await memory.state(unit, roomId, { type: 'm.room.power_levels', stateKey: '' });
    const levels = readPowerLevels(version, (type) => (type === 'm.room.create' ? create : power));
    authoriseRedaction({
      sender,
      target: { type: target.type, sender: target.sender, state_key: target.stateKey ?? undefined },
      levels,
    });
  }

  return async (unit, { roomId, redacts, content, ...draft }) => {
    const version = await memory.version(unit, roomId);
    const target = await getEvent(unit, redacts);
    if (version === undefined || target === undefined || target.roomId !== roomId) {
      throw new MatrixError('M_NOT_FOUND', 'The room has no such event.');
    }
    await check(unit, draft.sender, target);
    const place = version.redactsInContent ? { content: { ...content, redacts } } : { content, redacts };
    const redaction = await append(unit, { ...draft, ...place, roomId, type: 'm.room.redaction' });
    const redacted = redactEvent(version, JSON.parse(target.json));
    const because = await getEvent(unit, redaction.eventId);
    await markRedacted(unit, {
      eventId: redacts,
      json: JSON.stringify(redacted),
      unsigned: `{"redacted_by":${JSON.stringify(redaction.eventId)},"redacted_because":${because?.json ?? '{}'}}`,
      redactedBy: redaction.eventId,
    });
    const { type, stateKey } = target;
    if (stateKey !== null) {
      memory.dropState(roomId, { type, stateKey });
      unit.onUndo(() => memory.dropState(roomId, { type, stateKey }));
    }
    return redaction;
  };
}
