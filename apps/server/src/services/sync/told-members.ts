import { createMemo } from '@sotto/sql';

/** One member event of a room, told to one device. */
export interface ToldMember {
  device: { userId: string; deviceId: string };
  roomId: string;
  member: string;
  eventId: string;
}

/**
 * Which member events lazily loading devices have, so that they aren't told again with each answer (specification,
 * "Lazy-loading room members"). Only a memory: what it has forgotten is told once more.
 */
export interface ToldMembers {
  /** Whether a device that comes back with the token `since` was told by an answer that it has surely read. */
  isKnown(told: ToldMember, since: number | undefined): boolean;
  /** Notes what the answer that ends at `upto` tells. */
  note(told: ToldMember, upto: number): void;
}

/** In how many rooms of devices, and how many members of each, are remembered. */
const mostRooms = 10_000;
const mostMembers = 200;

export function createToldMembers(): ToldMembers {
  const rooms = createMemo<Map<string, { eventId: string; upto: number }>>(mostRooms);
  const keyOf = ({ device, roomId }: ToldMember) => `${device.userId}\0${device.deviceId}\0${roomId}`;
  return {
    isKnown(told, since) {
      const known = rooms.get(keyOf(told))?.get(told.member);
      // An answer may be lost on its way: only who comes back with its token, or a later one, has read it.
      return since !== undefined && known?.eventId === told.eventId && known.upto <= since;
    },
    note(told, upto) {
      const key = keyOf(told);
      let members = rooms.get(key);
      if (members === undefined || members.size >= mostMembers) {
        members = new Map();
        rooms.set(key, members);
      }
      const known = members.get(told.member);
      if (known?.eventId === told.eventId && known.upto <= upto) return;
      members.set(told.member, { eventId: told.eventId, upto });
    },
  };
}
