import { createMemo } from '@sotto/sql';

/** One member event of a room, sent to one device. */
export interface SentMember {
  device: { userId: string; deviceId: string };
  roomId: string;
  userId: string;
  eventId: string;
}

/**
 * Which member events lazily loading devices have, so that they aren't sent again with each answer (specification,
 * "Lazy-loading room members"). Only a memory: what it has forgotten is sent once more.
 */
export interface SentMembers {
  /** Whether a device that comes back with the token `since` was sent it by an answer that it has surely read. */
  isKnown(sent: SentMember, since: number | undefined): boolean;
  /** Notes what the answer that ends at `upto` has. */
  note(sent: SentMember, upto: number): void;
}

/** In how many rooms of devices, and how many members of each, are remembered. */
const mostRooms = 10_000;
const mostMembers = 200;

export function createSentMembers(): SentMembers {
  const rooms = createMemo<Map<string, { eventId: string; upto: number }>>(mostRooms);
  const keyOf = ({ device, roomId }: SentMember) => `${device.userId}\0${device.deviceId}\0${roomId}`;
  return {
    isKnown(sent, since) {
      const known = rooms.get(keyOf(sent))?.get(sent.userId);
      // An answer may be lost on its way: only who comes back with its token, or a later one, has read it.
      return since !== undefined && known?.eventId === sent.eventId && known.upto <= since;
    },
    note(sent, upto) {
      const key = keyOf(sent);
      let members = rooms.get(key);
      if (members === undefined || members.size >= mostMembers) {
        members = new Map();
        rooms.set(key, members);
      }
      const known = members.get(sent.userId);
      if (known?.eventId === sent.eventId && known.upto <= upto) return;
      members.set(sent.userId, { eventId: sent.eventId, upto });
    },
  };
}
