import { KnownMembership } from 'matrix-js-sdk/lib/@types/membership.js';
import type { MatrixEvent } from 'matrix-js-sdk/lib/models/event.js';
import type { Room } from 'matrix-js-sdk/lib/models/room.js';
import { isLeftBehind } from '../crypto/succession.ts';
import type { RoomDetails, RoomSummary } from '../types.ts';

/** Looks other rooms up. */
export interface Rooms {
  roomAt(roomId: string): Room | undefined;
  isEncrypted(room: Room): boolean;
}

/** What decides whether a room of the list gives way. */
export interface ListedRooms extends Rooms {
  /** Whether something that was written in it here is not sent. */
  hasUnsent(roomId: string): boolean;
}

/**
 * Where the room goes on, and where it came from (client-server API, "Room Upgrades"). Both are claims: a tombstone is the
 * word of one room, a predecessor that of the other. They are proven together alone (security.md A11).
 */
export function successionOf(
  room: Room,
  { roomAt, isEncrypted }: Rooms,
): Pick<RoomDetails, 'successor' | 'predecessor'> {
  const to = successorIdOf(room);
  const from = predecessorIdOf(room);
  const next = to === undefined || to === room.roomId ? undefined : roomAt(to);
  const membership = next && insideOf(next);
  return {
    ...(to !== undefined && {
      successor: {
        roomId: to,
        membership: membership ?? 'none',
        isProven: next !== undefined && predecessorIdOf(next) === room.roomId,
        ...(next && membership === 'join' && { isEncrypted: isEncrypted(next) }),
      },
    }),
    ...(from !== undefined && roomAt(from) && { predecessor: { roomId: from } }),
  };
}

/** Whether the room gives way to the one that it goes on in. */
export function isContinued(
  room: Room,
  summary: RoomSummary,
  { roomAt, isEncrypted, hasUnsent }: ListedRooms,
): boolean {
  const to = successorIdOf(room);
  const next = to === undefined || to === room.roomId ? undefined : roomAt(to);
  if (!next) return false;
  return isLeftBehind(
    { ...summary, isEndRead: isEndRead(room), hasUnsent: hasUnsent(room.roomId) },
    { membership: insideOf(next), isEncrypted: isEncrypted(next), predecessorId: predecessorIdOf(next) },
  );
}

/** The room that this one says it goes on from. */
export function predecessorIdOf(room: Room): string | undefined {
  return room.findPredecessor()?.roomId;
}

function successorIdOf(room: Room): string | undefined {
  const to: unknown = endOf(room)?.getContent().replacement_room;
  return typeof to === 'string' && to !== '' ? to : undefined;
}

function endOf(room: Room): MatrixEvent | null {
  return room.currentState.getStateEvents('m.room.tombstone', '');
}

/** The SDK can tell it of events alone that are loaded; of any other it is not known. */
function isEndRead(room: Room): boolean {
  const eventId = endOf(room)?.getId();
  return eventId !== undefined && !!room.findEventById(eventId) && room.hasUserReadEvent(room.myUserId, eventId);
}

function insideOf(room: Room): 'join' | 'invite' | undefined {
  const membership = room.getMyMembership();
  if (membership === KnownMembership.Join) return 'join';
  return membership === KnownMembership.Invite ? 'invite' : undefined;
}
