/** The list of chats as it is shown: invitations first, one line of the newest message, what is unread. */
import type { RoomSummary } from '@sotto/client/types.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';

export interface RoomGroups {
  invitations: readonly RoomSummary[];
  chats: readonly RoomSummary[];
}

/** Splits the session's list, without what goes on in another room; the order within is the session's: newest activity first. */
export function groupRooms(rooms: readonly RoomSummary[]): RoomGroups {
  return {
    invitations: rooms.filter((room) => room.membership === 'invite'),
    chats: rooms.filter((room) => room.membership !== 'invite' && !room.isContinued),
  };
}

/** The line under a room's name. In a room of many it says who wrote. */
export function previewText(t: Catalogue, room: RoomSummary): string {
  if (room.membership === 'invite') {
    return room.inviter ? t.rooms.invitedBy(room.inviter.displayName) : t.rooms.invited;
  }
  const newest = room.preview;
  if (!newest) return t.rooms.noMessages;
  const text = newest.kind === 'undecryptable' ? t.rooms.sealed : newest.text;
  if (newest.isMine) return t.rooms.mine(text);
  return room.kind === 'direct' || newest.kind === 'other' ? text : t.rooms.theirs(newest.senderName, text);
}

/** What the badge at "Chats" counts: unread messages, and each invitation as one. */
export function unreadTotal(rooms: readonly RoomSummary[]): number {
  return rooms.reduce((sum, room) => sum + (room.membership === 'invite' ? 1 : room.unreadCount), 0);
}
