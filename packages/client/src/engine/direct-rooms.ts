import { EventType } from 'matrix-js-sdk/lib/@types/event.js';
import { KnownMembership } from 'matrix-js-sdk/lib/@types/membership.js';
import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import type { Room } from 'matrix-js-sdk/lib/models/room.js';
import type { RoomMarks } from '../crypto/room-marks.ts';
import { createTurns } from './turns.ts';

/** Which rooms are direct messages, and with whom: the account data `m.direct` (client-server API, "Direct messaging"). */
export interface DirectRooms {
  /** Who the direct message is with; undefined for any other room. */
  otherOf(room: Room): string | undefined;
  /** A direct message with this person that we are joined to, and that they are in or invited to. */
  find(userId: string): Room | undefined;
  /** Marks a room as the direct message with this person. */
  mark(roomId: string, userId: string): Promise<void>;
}

type DirectContent = Record<string, string[]>;

/** The direct rooms of this account. */
export function createDirectRooms(client: MatrixClient, continued: RoomMarks): DirectRooms {
  const ownUserId = client.getSafeUserId();
  /**
   * One that the person here continued elsewhere is the last choice, an encrypted one the first: `m.direct` and tombstones
   * are what the server says, and neither leads out of an encrypted conversation (security.md A11).
   */
  const worth = (room: Room) =>
    (continued.has(room.roomId) ? 0 : 4) +
    (room.hasEncryptionStateEvent() ? 2 : 0) +
    (room.currentState.getStateEvents('m.room.tombstone', '') === null ? 1 : 0);
  const inTurn = createTurns();
  const content = () => directContentOf(client.getAccountData(EventType.Direct)?.getContent());
  return {
    otherOf(room) {
      const marked = Object.entries(content()).find(([, rooms]) => rooms.includes(room.roomId));
      if (marked) return marked[0];
      return room.getMyMembership() === KnownMembership.Invite ? room.getDMInviter() : undefined;
    },
    find(userId) {
      const rooms = (content()[userId] ?? []).flatMap((roomId) => client.getRoom(roomId) ?? []);
      return rooms.filter((room) => isAlive(room, { ownUserId, userId })).sort((a, b) => worth(b) - worth(a))[0];
    },
    mark(roomId, userId) {
      // One after the other: each reads what the one before wrote.
      return inTurn(() => write(client, withDirect(content(), roomId, userId)));
    },
  };
}

async function write(client: MatrixClient, content: DirectContent): Promise<void> {
  await client.setAccountData(EventType.Direct, content);
}

function isAlive(room: Room, { ownUserId, userId }: { ownUserId: string; userId: string }): boolean {
  const theirs = room.getMember(userId)?.membership;
  const isThere = theirs === KnownMembership.Join || theirs === KnownMembership.Invite;
  return room.getMyMembership() === KnownMembership.Join && (isThere || userId === ownUserId);
}

/** `m.direct` with the room under this person, and under nobody else. Pure. */
export function withDirect(content: DirectContent, roomId: string, userId: string): DirectContent {
  const others = Object.entries(content).map(([user, rooms]) => [user, rooms.filter((id) => id !== roomId)] as const);
  const kept = Object.fromEntries(others.filter(([, rooms]) => rooms.length > 0));
  return { ...kept, [userId]: [...(kept[userId] ?? []), roomId] };
}

/** Account data as it should be; other clients may have written anything. Pure. */
export function directContentOf(content: unknown): DirectContent {
  const entries = Object.entries((content ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    entries.flatMap(([user, rooms]) =>
      Array.isArray(rooms) ? [[user, rooms.filter((id) => typeof id === 'string')]] : [],
    ),
  );
}
