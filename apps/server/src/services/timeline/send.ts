import { canonicalJson, type JsonObject, MatrixError } from '@sotto/protocol';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { type EventRow, eventsOfTransaction } from '../../store/events.ts';
import type { Requester } from '../accounts/requester.ts';
import type { RoomMemory } from '../room-memory.ts';
import type { AppendEvent } from './append-event.ts';
import type { AppendedEvent } from './event-draft.ts';
import type { Redact } from './redact.ts';

export interface Sending {
  /** Sends a message event; the same transaction id from the same device sends it once. Resolves with the event id. */
  sendEvent(event: { requester: Requester; roomId: string; type: string; content: JsonObject } & Once): Promise<string>;
  /** Strikes out an event, once for a transaction id. */
  redact(event: { requester: Requester; roomId: string; redacts: string; content: JsonObject } & Once): Promise<string>;
  /** Sets state. Setting what is set already by the same person is not a new event. */
  setState(event: {
    requester: Requester;
    roomId: string;
    type: string;
    stateKey: string;
    content: JsonObject;
    originServerTs?: number;
  }): Promise<string>;
  /** Sends what was written before, message or state, inside a unit of work. Resolves with the event id. */
  deliver(unit: Unit, event: Deliverable): Promise<string>;
}

/** An event of somebody who need not be there any more. */
export interface Deliverable {
  sender: string;
  /** The id under which it waited (MSC4140). */
  delayId?: string;
  roomId: string;
  type: string;
  stateKey?: string;
  content: JsonObject;
  originServerTs?: number;
}

interface Once {
  /** Left out, the event is sent each time. */
  transactionId?: string;
  originServerTs?: number;
}

/** What a transaction id is scoped to, beside the device (specification, "Transaction identifiers"). */
interface Path {
  roomId: string;
  type: string;
  redacts?: unknown;
}

function isSameTarget(row: EventRow, { redacts }: Path): boolean {
  return redacts === undefined || JSON.parse(row.json).redacts === redacts;
}

/** Membership has rules beyond the room's own (who may invite whom): given by the rooms service. */
export type SetMembership = (
  unit: Unit,
  change: {
    roomId: string;
    sender: string;
    userId: string;
    content: JsonObject;
    originServerTs?: number;
    delayId?: string;
  },
) => Promise<string>;

export function createSending(parts: {
  log: LogWriter;
  memory: RoomMemory;
  append: AppendEvent;
  redact: Redact;
  setMembership: SetMembership;
}): Sending {
  const { log, memory, append, redact, setMembership } = parts;

  /**
   * Runs `work` unless this device has already had it done under this transaction id. The event itself remembers its
   * transaction, so that once is for as long as the event is kept, over restarts too.
   */
  function once(from: { requester: Requester } & Once, path: Path, work: (unit: Unit) => Promise<AppendedEvent>) {
    return log.write(async (unit) => {
      const { transactionId, requester } = from;
      const { userId: sender, deviceId } = requester;
      const known =
        transactionId === undefined ? [] : await eventsOfTransaction(unit, { sender, deviceId, transactionId });
      const same = known.find((row) => row.roomId === path.roomId && row.type === path.type && isSameTarget(row, path));
      return same?.eventId ?? (await work(unit)).eventId;
    });
  }

  const signatureOf = ({ requester, transactionId, originServerTs }: { requester: Requester } & Once) => ({
    sender: requester.userId,
    deviceId: requester.deviceId,
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(originServerTs === undefined ? {} : { originServerTs }),
  });

  /** A room that is not here is refused in the words that one gets who is not in it. */
  async function checkRoom(unit: Unit, roomId: string): Promise<void> {
    if ((await memory.version(unit, roomId)) === undefined)
      throw new MatrixError('M_FORBIDDEN', 'You are not in this room.');
  }

  async function sendMessage(
    unit: Unit,
    event: Omit<Deliverable, 'stateKey'> & { transactionId?: string },
  ): Promise<AppendedEvent> {
    const { type, content, roomId } = event;
    await checkRoom(unit, roomId);
    if (type !== 'm.room.redaction') return append(unit, event);
    if (typeof content.redacts !== 'string')
      throw new MatrixError('M_BAD_JSON', 'A redaction names the event in redacts.');
    return redact(unit, { ...event, redacts: content.redacts });
  }

  async function sendState(unit: Unit, event: Deliverable & { stateKey: string }): Promise<string> {
    const { sender, roomId, type, stateKey, content, ...origin } = event;
    await checkRoom(unit, roomId);
    if (type === 'm.room.member') return setMembership(unit, { roomId, sender, userId: stateKey, content, ...origin });
    if (type === 'm.room.create') throw new MatrixError('M_BAD_JSON', 'A room is created only once.');
    const current = await memory.state(unit, roomId, { type, stateKey });
    if (current?.sender === sender && canonicalJson(current.content) === canonicalJson(content))
      return current.event_id;
    return (await append(unit, { roomId, type, stateKey, sender, content, ...origin })).eventId;
  }

  return {
    sendEvent({ roomId, type, content, ...from }) {
      const path = { roomId, type, ...(type === 'm.room.redaction' && { redacts: content.redacts }) };
      return once(from, path, (unit) => sendMessage(unit, { ...signatureOf(from), roomId, type, content }));
    },
    redact({ roomId, redacts, content, ...from }) {
      return once(from, { roomId, type: 'm.room.redaction', redacts }, (unit) =>
        redact(unit, { ...signatureOf(from), roomId, redacts, content, isSuspended: from.requester.isSuspended }),
      );
    },
    setState: ({ requester, ...state }) => log.write((unit) => sendState(unit, { sender: requester.userId, ...state })),
    deliver: async (unit, event) => {
      const { stateKey, ...message } = event;
      if (stateKey !== undefined) return sendState(unit, { ...message, stateKey });
      return (await sendMessage(unit, message)).eventId;
    },
  };
}
