import type { JsonObject } from '@sotto/protocol';
import type { RoomVersion } from '../room-rules/room-versions.ts';

/** An event before it has a place in the log. */
export interface EventDraft {
  /** Left out for the create event, which makes the room id in version 12; `newRoom` then says the rest. */
  roomId?: string;
  newRoom?: { version: RoomVersion };
  type: string;
  stateKey?: string;
  sender: string;
  content: JsonObject;
  /** Event id, on `m.room.redaction` only. */
  redacts?: string;
  /** When it is to have been sent, for application services and bridges; now, unless given. */
  originServerTs?: number;
  /** Which device sent it, with which transaction id: told to that device alone. */
  deviceId?: string;
  transactionId?: string;
  /** The id under which it waited to be sent (MSC4140), in the place of a transaction's: told to its sender alone. */
  delayId?: string;
}

export interface AppendedEvent {
  eventId: string;
  roomId: string;
  position: number;
}
